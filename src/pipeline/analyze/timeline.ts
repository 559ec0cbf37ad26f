// Who showed which confirmed expression, when and for how long.
import type { FrameResult } from '../../core/live/frame-result.js';

/** A stretch of time in which somebody's confirmed expression stayed the same. */
export interface Stretch {
  /** The person's name, or `face N` with the track's number. */
  readonly who: string;
  readonly expression: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Presence {
  readonly who: string;
  readonly seenMs: number;
  /** Share of the time seen, 0..1, by expression, the largest first. */
  readonly shares: readonly (readonly [expression: string, share: number])[];
}

/** Gaps shorter than this (a missed detection) do not break a stretch. */
const bridgeMs = 500;
const maxStretches = 10_000;
const maxPeople = 10_000;

/** Collects frame results; bounded, for streams that never end: what goes beyond is counted in `dropped`. */
export class Timeline {
  readonly #stretches: { who: string; expression: string; fromMs: number; toMs: number }[] = [];
  readonly #open = new Map<string, { who: string; expression: string; fromMs: number; toMs: number }>();
  readonly #seen = new Map<string, Map<string, number>>();
  readonly #firstStepMs: number;
  #lastMs: number | undefined;
  dropped = 0;

  /** `framesPerSecond` gives the first frame its length; each later one lasts since the one before. */
  constructor(framesPerSecond = 30) {
    this.#firstStepMs = 1000 / framesPerSecond;
  }

  add({ timeMs, faces }: Pick<FrameResult, 'timeMs' | 'faces'>): void {
    const stepMs = this.#lastMs === undefined ? this.#firstStepMs : Math.max(0, timeMs - this.#lastMs);
    this.#lastMs = timeMs;
    for (const { person, track, confirmed } of faces) {
      const who = person ?? `face ${track}`;
      const expression = confirmed ?? 'no model';
      this.#count(who, expression, stepMs);
      const open = this.#open.get(who);
      if (open && open.expression === expression && timeMs - open.toMs <= bridgeMs + stepMs)
        open.toMs = timeMs + stepMs;
      else this.#begin({ who, expression, fromMs: timeMs, toMs: timeMs + stepMs });
    }
  }

  /** In the order in which they began. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** Everybody seen, the longest first. */
  get presences(): readonly Presence[] {
    return [...this.#seen]
      .map(([who, expressions]): Presence => {
        const seenMs = [...expressions.values()].reduce((sum, ms) => sum + ms, 0);
        const shares = [...expressions].map(([expression, ms]) => [expression, seenMs > 0 ? ms / seenMs : 0] as const);
        return { who, seenMs, shares: shares.sort((a, b) => b[1] - a[1]) };
      })
      .sort((a, b) => b.seenMs - a.seenMs);
  }

  #count(who: string, expression: string, ms: number): void {
    let expressions = this.#seen.get(who);
    if (!expressions) {
      if (this.#seen.size >= maxPeople) return;
      expressions = new Map();
      this.#seen.set(who, expressions);
    }
    expressions.set(expression, (expressions.get(expression) ?? 0) + ms);
  }

  #begin(stretch: { who: string; expression: string; fromMs: number; toMs: number }): void {
    if (this.#stretches.length >= maxStretches) {
      this.dropped++;
      this.#open.delete(stretch.who);
      return;
    }
    this.#stretches.push(stretch);
    this.#open.set(stretch.who, stretch);
  }
}
