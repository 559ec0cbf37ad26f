// Who is who over time: a face that is named later has been that person since it was followed.
import { describe, expect, it } from 'vitest';
import type { FaceResult } from '../../core/live/frame-result.js';
import { Timeline } from './timeline.js';

const face = (track: number, person: string | null, confirmed = 'happy'): FaceResult => ({
  ...{ box: [0, 0, 10, 10], score: 1, track, person, distance: null },
  ...{ expression: confirmed, probabilities: null, confirmed, depthMm: null },
});

/** A frame every 100 ms. */
function record(frames: readonly (readonly FaceResult[])[]): Timeline {
  const timeline = new Timeline({ framesPerSecond: 10 });
  frames.forEach((faces, i) => {
    timeline.add({ timeMs: 100 * i, faces });
  });
  return timeline;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('Timeline', () => {
  it('has one row for a person who is named a few frames after they came, or enrolled meanwhile', () => {
    const timeline = record([
      ...times(4, [face(1, null, 'neutral')]),
      ...times(3, [face(1, null)]),
      ...times(5, [face(1, 'Ada')]),
    ]);
    expect(timeline.stretches).toEqual([
      { who: 'Ada', expression: 'neutral', fromMs: 0, toMs: 400 },
      { who: 'Ada', expression: 'happy', fromMs: 400, toMs: 1200 },
    ]);
    expect(timeline.presences).toEqual([
      {
        who: 'Ada',
        seenMs: 1200,
        shares: [
          ['happy', 8 / 12],
          ['neutral', 4 / 12],
        ],
      },
    ]);
  });

  it('gives a person who comes back their own row, named again or for the first time', () => {
    const timeline = record([
      ...times(5, [face(1, 'Ada')]),
      ...times(20, []),
      ...times(4, [face(2, null)]),
      ...times(4, [face(2, 'Ada')]),
    ]);
    expect(timeline.stretches.map(({ who, fromMs }) => [who, fromMs])).toEqual([
      ['Ada', 0],
      ['Ada', 2500],
    ]);
  });

  it('keeps strangers apart, and a face beside a person who takes over the name', () => {
    const timeline = record([
      ...times(5, [face(1, 'Ada'), face(2, null), face(3, null)]),
      ...times(5, [face(2, 'Ada'), face(3, null)]),
    ]);
    expect([...new Set(timeline.stretches.map(({ who }) => who))]).toEqual(['Ada', 'face 2', 'face 3']);
  });

  it('takes a person out, with the time before they were named', () => {
    const timeline = record([...times(4, [face(1, null)]), ...times(4, [face(1, 'Ada')])]);
    timeline.forget('Ada');
    expect([timeline.stretches, timeline.presences]).toEqual([[], []]);
  });
});
