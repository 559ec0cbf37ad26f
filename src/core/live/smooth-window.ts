// A confirmation window in time instead of frames: the probabilities' moving average, with hysteresis.
import { ConfigError } from '../errors.js';

export interface SmoothOptions {
  /** Time constant of the average, milliseconds: the weight of older frames is below 37 %. Default 500. */
  readonly timeConstantMs?: number;
  /** Hysteresis: a label replaces the confirmed one when its average is this much above it, 0..1. Default 0.15. */
  readonly margin?: number;
  /** Longest time for which one frame counts, milliseconds; it counts for the time since the frame before. Default 250. */
  readonly longestStepMs?: number;
  /** The label until the first is confirmed. Default 'neutral'. */
  readonly fallback?: string;
}

/** One frame: its most probable label, all probabilities (0..1 by label), and its time. */
export interface LabelSample {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly timeMs: number;
}

/**
 * The probabilities of one face, averaged with weights that fall off exponentially with time. A label is confirmed when
 * its average is the highest, exceeds the confirmed label's by the margin, and two frames in a row predict it; it stays until
 * another is confirmed. Each frame counts for the time since the one before, so the result hardly depends on the frame rate,
 * and a confident prediction is confirmed sooner. The average starts at zero, so the first frame alone confirms nothing.
 */
export class SmoothWindow {
  readonly timeConstantMs: number;
  readonly margin: number;
  readonly longestStepMs: number;
  readonly #averages = new Map<string, number>();
  #confirmed: string;
  #lastLabel: string | undefined;
  #lastMs: number | undefined;

  constructor(options: SmoothOptions = {}) {
    const { timeConstantMs = 500, margin = 0.15, longestStepMs = 250, fallback = 'neutral' } = options;
    for (const [name, value] of Object.entries({ timeConstantMs, longestStepMs })) {
      if (!(value > 0 && value < Infinity)) {
        throw new ConfigError(`the smooth window's ${name} must be above 0 milliseconds, found ${value}`);
      }
    }
    if (!(margin >= 0 && margin < 1)) {
      throw new ConfigError(`the smooth window's margin must be at least 0 and below 1, found ${margin}`);
    }
    this.timeConstantMs = timeConstantMs;
    this.margin = margin;
    this.longestStepMs = longestStepMs;
    this.#confirmed = fallback;
  }

  /** Adds one more frame and returns the label that is confirmed now. Time that runs backwards counts as none. */
  push({ label, probabilities, timeMs }: LabelSample): string {
    this.#average(probabilities, this.#step(timeMs));
    if (label === this.#lastLabel && this.#leads(label)) this.#confirmed = label;
    this.#lastLabel = label;
    return this.#confirmed;
  }

  get confirmed(): string {
    return this.#confirmed;
  }

  /** The average probability of each label seen, 0..1; their sum grows from 0 to 1 as the window fills. */
  get averages(): ReadonlyMap<string, number> {
    return this.#averages;
  }

  #step(timeMs: number): number {
    const elapsedMs = timeMs - (this.#lastMs ?? timeMs);
    this.#lastMs = timeMs;
    return elapsedMs > 0 ? Math.min(this.longestStepMs, elapsedMs) : 0;
  }

  /** One step of the average, exact for probabilities that stayed the same since the last frame. */
  #average(probabilities: Readonly<Record<string, number>>, stepMs: number): void {
    const kept = Math.exp(-stepMs / this.timeConstantMs);
    for (const [label, probability] of Object.entries(probabilities)) {
      this.#averages.set(label, kept * (this.#averages.get(label) ?? 0) + (1 - kept) * probability);
    }
  }

  #leads(label: string): boolean {
    const own = this.#averages.get(label) ?? 0;
    if (own < (this.#averages.get(this.#confirmed) ?? 0) + this.margin) return false;
    return [...this.#averages.values()].every((other) => other <= own);
  }
}
