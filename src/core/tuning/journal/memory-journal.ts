// A journal that lasts as long as the program.
import type { Journal, JournalRecord } from '../../ports/journal.js';

export class MemoryJournal implements Journal {
  readonly workerId = 'memory';
  readonly #records: JournalRecord[] = [];

  now(): null {
    return null;
  }

  async append(records: readonly JournalRecord[]): Promise<void> {
    this.#records.push(...records);
  }

  async appendAt(count: number, records: readonly JournalRecord[]): Promise<boolean> {
    if (this.#records.length !== count) return false;
    await this.append(records);
    return true;
  }

  async read(from: number): Promise<readonly unknown[]> {
    return this.#records.slice(from);
  }

  async close(): Promise<void> {}
}
