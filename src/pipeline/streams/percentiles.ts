// Percentiles of a stream of durations in bounded memory, however long the stream is.

const stepMs = 0.01;
const steps = 200_000;

/** Counts durations in steps of 0.01 ms up to 2 s; longer ones count as the longest seen. */
export class Percentiles {
  readonly #counts = new Uint32Array(steps);
  #longestMs = 0;
  #count = 0;

  add(durationMs: number): void {
    const step = Math.round(Math.max(0, durationMs) / stepMs);
    if (step < steps) this.#counts[step]!++;
    this.#longestMs = Math.max(this.#longestMs, durationMs);
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** The smallest duration that at least `share` (0..1) of all do not exceed, in ms; null when there are none. */
  at(share: number): number | null {
    if (this.#count === 0) return null;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let step = 0; step < steps; step++) {
      seen += this.#counts[step]!;
      if (seen >= wanted) return Math.round(step * stepMs * 100) / 100;
    }
    return Math.round(this.#longestMs * 100) / 100;
  }
}
