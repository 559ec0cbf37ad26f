// Which person showed which confirmed expression, when and for how long.
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
/** The longest time that a frame counts for: nobody is seen during a pause. */
const longestStepMs = 1000;
const maxPeople = 10_000;

export interface TimelineOptions {
  /** The first frame lasts its inverse; each later one lasts since the frame before it. Default 30. */
  readonly framesPerSecond?: number | undefined;
  /** Stretches kept. Default 100,000. */
  readonly maxStretches?: number;
  /** Which are kept when there are more. Default 'first'. */
  readonly keep?: 'first' | 'latest';
}

type Growing = { -readonly [K in keyof Stretch]: Stretch[K] };

/** Collects frame results in bounded memory, for endless streams: stretches beyond the limit are counted in `dropped`. */
export class Timeline {
  #stretches: Growing[] = [];
  readonly #open = new Map<string, Growing>();
  readonly #seen = new Map<string, Map<string, number>>();
  readonly #firstStepMs: number;
  readonly #maxStretches: number;
  readonly #keep: 'first' | 'latest';
  #lastMs: number | undefined;
  dropped = 0;

  constructor({ framesPerSecond = 30, maxStretches = 100_000, keep = 'first' }: TimelineOptions = {}) {
    this.#firstStepMs = 1000 / framesPerSecond;
    this.#maxStretches = maxStretches;
    this.#keep = keep;
  }

  add({ timeMs, faces }: Pick<FrameResult, 'timeMs' | 'faces'>): void {
    const sinceLastMs = timeMs - (this.#lastMs ?? timeMs - this.#firstStepMs);
    const stepMs = Math.min(longestStepMs, Math.max(0, sinceLastMs));
    this.#lastMs = timeMs;
    this.#close(timeMs - bridgeMs - stepMs);
    for (const { person, track, confirmed } of faces) {
      const who = person ?? `face ${track}`;
      if (person !== null) this.#adopt(person, `face ${track}`);
      const expression = confirmed ?? 'no model';
      this.#count(who, expression, stepMs);
      const open = this.#open.get(who);
      if (open?.expression === expression) open.toMs = timeMs + stepMs;
      else {
        // The frame before was assumed to last as long as its predecessor, and this frame came sooner.
        if (open) open.toMs = Math.min(open.toMs, timeMs);
        this.#begin({ who, expression, fromMs: timeMs, toMs: timeMs + stepMs });
      }
    }
  }

  /** Deletes all stretches of one person, or of one stranger. */
  forget(who: string): void {
    this.#stretches = this.#stretches.filter((stretch) => stretch.who !== who);
    this.#open.delete(who);
    this.#seen.delete(who);
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

  /** A face that has a name now has been that person all along, unless the person was seen elsewhere meanwhile. */
  #adopt(person: string, stranger: string): void {
    const before = this.#seen.get(stranger);
    if (!before) return;
    const own = this.#stretches.filter(({ who }) => who === person);
    const theirs = this.#stretches.filter(({ who }) => who === stranger);
    const fromMs = theirs[0]?.fromMs ?? Number.POSITIVE_INFINITY;
    if (own.some(({ toMs }) => toMs > fromMs)) return;
    for (const stretch of theirs) stretch.who = person;
    this.#seen.delete(stranger);
    for (const [expression, ms] of before) this.#count(person, expression, ms);
    const open = this.#open.get(stranger);
    this.#open.delete(stranger);
    if (open) this.#open.set(person, open);
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

  /** Those last seen before this time begin a new stretch when they come back. */
  #close(beforeMs: number): void {
    for (const [who, { toMs }] of this.#open) if (toMs < beforeMs) this.#open.delete(who);
  }

  #begin(stretch: Growing): void {
    if (this.#stretches.length >= this.#maxStretches) {
      this.dropped++;
      if (this.#keep === 'first') {
        this.#open.delete(stretch.who);
        return;
      }
      this.#stretches.shift();
    }
    this.#stretches.push(stretch);
    this.#open.set(stretch.who, stretch);
  }
}
