// Between a source that never waits and an analysis that takes its time: one slot, and the newest frame wins.

/** A frame that holds memory of the browser until it is closed. */
export interface Closable {
  close(): void;
}

/** Runs `work` on one frame after another. While it runs, a newer frame replaces the one that waits. */
export class FrameLoop<F extends Closable> {
  readonly #work: (frame: F) => Promise<void>;
  #waiting: F | undefined;
  #running = false;

  constructor(work: (frame: F) => Promise<void>) {
    this.#work = work;
  }

  /** Takes a frame; the loop closes it, analysed or not. */
  offer(frame: F): void {
    this.#waiting?.close();
    this.#waiting = frame;
    if (!this.#running) void this.#run();
  }

  /** Closes the frame that waits. */
  clear(): void {
    this.#waiting?.close();
    this.#waiting = undefined;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#waiting) {
        const frame = this.#waiting;
        this.#waiting = undefined;
        try {
          await this.#work(frame);
        } finally {
          frame.close();
        }
      }
    } finally {
      this.#running = false;
    }
  }
}
