// The last part of a timeline, with a row for everybody seen in it.
import type { Stretch } from '../../../pipeline/streams/timeline.js';

/** One expression's span as shares of the time shown: its beginning and its length, 0..1. */
export interface RowPart {
  /** Identifies the part while it moves. */
  readonly id: number;
  readonly expression: string;
  readonly start: number;
  readonly length: number;
}

export interface TimelineRow {
  readonly who: string;
  readonly parts: readonly RowPart[];
  /** Milliseconds in the time shown by expression, the most first. */
  readonly shown: readonly (readonly [expression: string, ms: number])[];
  /** The expression that is confirmed now; null for somebody who is not in view. */
  readonly now: string | null;
}

/** Somebody seen within this time of the newest frame is in view. */
const inViewMs = 300;
/** Most rows: every passing stranger has one, and the oldest are dropped. */
const mostRows = 12;

/** Rows of the `spanMs` before `nowMs`: those in view in the order in which they came, then those gone, the last to go first. */
export function timelineRows(stretches: readonly Stretch[], nowMs: number, spanMs: number): TimelineRow[] {
  const startMs = nowMs - spanMs;
  const seen = new Map<string, Stretch[]>();
  for (const stretch of stretches) {
    if (stretch.toMs <= startMs) continue;
    const own = seen.get(stretch.who);
    if (own) own.push(stretch);
    else seen.set(stretch.who, [stretch]);
  }
  const isGone = (own: readonly Stretch[]) => nowMs - own.at(-1)!.toMs > inViewMs;
  const all = [...seen];
  const present = all.filter(([, own]) => !isGone(own));
  const gone = all.filter(([, own]) => isGone(own)).sort((a, b) => b[1].at(-1)!.toMs - a[1].at(-1)!.toMs);
  return [...present, ...gone].slice(0, mostRows).map(([who, own]) => toRow(who, own, { startMs, nowMs }));
}

function toRow(
  who: string,
  own: readonly Stretch[],
  { startMs, nowMs }: { startMs: number; nowMs: number },
): TimelineRow {
  const spanMs = nowMs - startMs;
  const shown = new Map<string, number>();
  const parts = own.map(({ expression, fromMs, toMs }): RowPart => {
    const from = Math.max(fromMs, startMs);
    const length = Math.max(0, Math.min(toMs, nowMs) - from);
    shown.set(expression, (shown.get(expression) ?? 0) + length);
    return { id: fromMs, expression, start: (from - startMs) / spanMs, length: length / spanMs };
  });
  const last = own.at(-1)!;
  return {
    who,
    parts,
    shown: [...shown].sort((a, b) => b[1] - a[1]),
    now: nowMs - last.toMs <= inViewMs ? last.expression : null,
  };
}
