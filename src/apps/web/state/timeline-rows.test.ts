// Rows of the timeline: clipped to the time shown, summed up, bounded.
import { describe, expect, it } from 'vitest';
import { timelineRows } from './timeline-rows.js';

const stretch = (who: string, expression: string, fromMs: number, toMs: number) => ({ who, expression, fromMs, toMs });

describe('timelineRows', () => {
  it('clips to the time shown and says who is in view', () => {
    const stretches = [
      stretch('Ada', 'neutral', 0, 30_000),
      stretch('face 2', 'sad', 10_000, 45_000),
      stretch('Ada', 'happy', 30_000, 100_000),
      stretch('face 3', 'fear', 39_000, 39_900),
    ];
    expect(timelineRows(stretches, 100_000, 60_000)).toEqual([
      {
        who: 'Ada',
        parts: [{ id: 30_000, expression: 'happy', start: 0, length: 1 }],
        shown: [['happy', 60_000]],
        now: 'happy',
      },
      {
        who: 'face 2',
        parts: [{ id: 10_000, expression: 'sad', start: 0, length: 5 / 60 }],
        shown: [['sad', 5000]],
        now: null,
      },
    ]);
  });

  it('leaves the time before the first frame empty and sums up by expression', () => {
    const stretches = [
      stretch('Ada', 'happy', 0, 1000),
      stretch('Ada', 'neutral', 1000, 4000),
      stretch('Ada', 'happy', 4000, 8000),
    ];
    const [row] = timelineRows(stretches, 8000, 10_000);
    expect(row!.parts.map(({ start }) => start)).toEqual([0.2, 0.3, 0.6]);
    expect(row!.shown).toEqual([
      ['happy', 5000],
      ['neutral', 3000],
    ]);
  });

  it('shows the latest of many passers-by', () => {
    const many = Array.from({ length: 40 }, (_, i) => stretch(`face ${i}`, 'neutral', i * 100, i * 100 + 50));
    const rows = timelineRows(many, 4000, 60_000);
    expect(rows).toHaveLength(12);
    expect(rows.map(({ who }) => who).slice(0, 5)).toEqual(['face 37', 'face 38', 'face 39', 'face 36', 'face 35']);
    expect(timelineRows([], 0, 60_000)).toEqual([]);
  });
});
