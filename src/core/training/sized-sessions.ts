// Sessions of graphs that are built for one size of batch and picture.
import type { Session } from '../ports/session.js';
import type { Batch } from './batch.js';

/** What was opened for a size. */
export interface Opened {
  readonly session: Session;
}

/**
 * One session per batch size, all for pictures of one side: those of a stage of training that is over would only hold its memory.
 * Whoever asks first opens it; those who ask meanwhile wait for the same.
 */
export class SizedSessions<T extends Opened> {
  readonly #open: (size: number, side: number) => Promise<T>;
  readonly #opened = new Map<number, Promise<T>>();
  #side = 0;

  constructor(open: (size: number, side: number) => Promise<T>) {
    this.#open = open;
  }

  async for({ size, side }: Pick<Batch, 'size' | 'side'>): Promise<T> {
    if (side !== this.#side) await this.release();
    this.#side = side;
    let opened = this.#opened.get(size);
    if (opened === undefined) {
      opened = this.#open(size, side);
      this.#opened.set(size, opened);
    }
    return opened;
  }

  async release(): Promise<void> {
    const all = [...this.#opened.values()];
    this.#opened.clear();
    // One that did not open has told whoever asked for it, and holds nothing.
    for (const opened of all) await (await opened.catch(() => undefined))?.session.release();
  }
}
