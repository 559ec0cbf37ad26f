// What holds for every sequence of boxes, however wild.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Box } from '../image/picture.js';
import { Tracker } from './tracker.js';

const box = fc.tuple(
  fc.integer({ min: -50, max: 640 }),
  fc.integer({ min: -50, max: 480 }),
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 300 }),
) satisfies fc.Arbitrary<Box>;
const frames = fc.array(fc.array(box, { maxLength: 6 }), { maxLength: 40 });
const size = { width: 640, height: 480 };

it('gives each box of a frame its own track, ends each track once and never brings one back', () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: 0, max: 4 }), (sequence, patience) => {
      const tracker = new Tracker({ patience });
      const over = new Set<number>();
      let highest = 0;
      for (const boxes of sequence) {
        const { tracks, ended } = tracker.update(boxes, size);
        expect(tracks).toHaveLength(boxes.length);
        expect(new Set(tracks).size).toBe(boxes.length);
        for (const id of ended) {
          expect(over.has(id)).toBe(false);
          over.add(id);
        }
        for (const id of tracks) {
          if (id === null) throw new Error('every box may begin a track here');
          expect(over.has(id)).toBe(false);
          expect(tracker.alive).toContain(id);
          highest = Math.max(highest, id);
        }
        expect(over.size + tracker.alive.length).toBe(highest);
      }
    }),
  );
});

it('gives the same tracks for the same boxes', () => {
  fc.assert(
    fc.property(frames, (sequence) => {
      const run = () => {
        const tracker = new Tracker();
        return sequence.map((boxes) => tracker.update(boxes, size).tracks);
      };
      expect(run()).toEqual(run());
    }),
  );
});
