// The confirmation window: a label counts only once it holds a clear majority of the last frames. The rule is the
// study case's: 20 frames, shown when one label has more than 60 % of 20 (13 or more), else neutral.
import { ConfigError } from '../errors.js';

export interface ConfirmationOptions {
  /** Frames in the window. Default 20. */
  readonly size?: number;
  /** A label is confirmed with more than this share of `size`, 0..1. Default 0.6, so 13 of 20. */
  readonly share?: number;
  /** The label while none is confirmed. Default 'neutral'. */
  readonly fallback?: string;
}

/**
 * The last labels of one person. The share is of the full size also while the window fills, so the first confirmation
 * comes with the thirteenth equal label.
 */
export class ConfirmationWindow {
  readonly size: number;
  readonly share: number;
  readonly fallback: string;
  readonly #labels: string[] = [];
  readonly #counts = new Map<string, number>();

  constructor(options: ConfirmationOptions = {}) {
    const { size = 20, share = 0.6, fallback = 'neutral' } = options;
    if (!Number.isSafeInteger(size) || size < 1 || size > 100_000) {
      throw new ConfigError(`the confirmation window's size must be 1 to 100000 frames, found ${size}`);
    }
    if (!(share >= 0 && share < 1)) {
      throw new ConfigError(`the confirmation window's share must be at least 0 and below 1, found ${share}`);
    }
    this.size = size;
    this.share = share;
    this.fallback = fallback;
  }

  /** Adds the label of one more frame and returns the label that is confirmed now. */
  push(label: string): string {
    this.#labels.push(label);
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1);
    if (this.#labels.length > this.size) this.#forget(this.#labels.shift()!);
    return this.confirmed;
  }

  /** The majority label when it holds more than its share, else the fallback. Among equals the one seen first. */
  get confirmed(): string {
    let best = this.fallback;
    let most = this.#needed - 1;
    if (this.share >= 0.5) {
      for (const [label, count] of this.#counts) if (count > most) [best, most] = [label, count];
      return best;
    }
    for (const label of this.#labels) {
      const count = this.#counts.get(label)!;
      if (count > most) [best, most] = [label, count];
    }
    return best;
  }

  /** Labels in the window, oldest first. */
  get labels(): readonly string[] {
    return this.#labels;
  }

  /** The smallest count above the share; 0.55 * 20 must not become 11.000000000000002. */
  get #needed(): number {
    return Math.floor(this.size * this.share + 1e-9) + 1;
  }

  #forget(label: string): void {
    const left = this.#counts.get(label)! - 1;
    if (left === 0) this.#counts.delete(label);
    else this.#counts.set(label, left);
  }
}
