// A journal that lasts as long as the program.
import type { Journal, JournalRecord } from '../ports/journal.js';

export class MemoryJournal implements Journal {
  readonly workerId = 'memory';
  readonly #records: JournalRecord[] = [];

  now(): null {
    return null;
  }

  async append(records: readonly JournalRecord[]): Promise<void> {
    this.#records.push(...records);
  }

  async read(from: number): Promise<readonly unknown[]> {
    return this.#records.slice(from);
  }

  async close(): Promise<void> {}
}
