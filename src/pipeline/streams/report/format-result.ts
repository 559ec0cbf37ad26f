// The texts of `moodlens analyze`: a JSON line per frame, and a summary for people.

import type { FrameResult } from '../../../core/live/frame-result.js';
import { percent } from '../../../core/numbers/percent.js';
import type { AnalyzeSummary } from '../analyze.js';
import type { Timeline } from '../timeline.js';

/** One frame as a line of JSON, without the line's end; numbers are rounded far below their accuracy. */
export function frameLine(result: FrameResult): string {
  const { latencyMs } = result;
  return JSON.stringify({
    frame: result.frame,
    timeMs: round(result.timeMs, 3),
    faces: result.faces.map((face) => ({
      ...face,
      box: face.box.map((value) => round(value, 2)),
      score: round(face.score, 4),
      distance: face.distance === null ? null : round(face.distance, 4),
      probabilities:
        face.probabilities &&
        Object.fromEntries(Object.entries(face.probabilities).map(([label, value]) => [label, round(value, 6)])),
    })),
    rejected: result.rejected.map(({ box, reason }) => ({ box: box.map((value) => round(value, 2)), reason })),
    latencyMs: Object.fromEntries(Object.entries(latencyMs).map(([stage, value]) => [stage, round(value, 3)])),
  });
}

/** The last line of JSON. */
export function summaryLine(summary: AnalyzeSummary): string {
  return JSON.stringify({ summary });
}

const shownStretches = 60;

/** The summary for people: time per person and expression, a timeline, the speed. */
export function summaryText(summary: AnalyzeSummary, timeline: Timeline): string {
  const lines: string[] = [];
  const { presences, stretches } = timeline;
  if (presences.length === 0) lines.push('no face was found');
  else {
    const names = column(presences.map(({ who }) => who));
    lines.push('seen');
    presences.slice(0, shownStretches).forEach(({ seenMs, shares }, i) => {
      const parts = shares.map(([expression, share]) => `${expression} ${percent(share, { digits: 0 })}`);
      lines.push(`  ${names[i]}  ${`${(seenMs / 1000).toFixed(1)} s`.padStart(8)}  ${parts.join(', ')}`);
    });
    if (presences.length > shownStretches) lines.push(`  and ${presences.length - shownStretches} more`);
    lines.push('', 'timeline');
    const shown = stretches.slice(0, shownStretches);
    const who = column(shown.map((stretch) => stretch.who));
    shown.forEach(({ fromMs, toMs, expression }, i) => {
      lines.push(`  ${clock(fromMs)} - ${clock(toMs)}  ${who[i]}  ${expression}`);
    });
    const more = stretches.length - shown.length + timeline.dropped;
    if (more > 0) lines.push(`  and ${more} more; --json has every frame`);
  }
  const { p50, p95, p99 } = summary.latencyMs;
  const frames = `${summary.frames} frames${summary.interrupted ? ' (stopped)' : ''}`;
  const speed = `, ${summary.framesPerSecond} frames/s; latency beyond decoding p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`;
  lines.push('', summary.frames > 0 ? frames + speed : frames);
  return `${lines.join('\n')}\n`;
}

function column(texts: readonly string[]): string[] {
  const width = Math.max(...texts.map(({ length }) => length));
  return texts.map((text) => text.padEnd(width));
}

/** Minutes, seconds and tenths: 1:02.5. */
function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
