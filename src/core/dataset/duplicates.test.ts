// Exact duplicates against the slow comparison of all pairs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateGroups, firstTwins, withoutTwinsIn } from './duplicates.js';

const samplesOf = (rows: readonly (readonly number[])[]) => ({
  width: 2,
  height: 1,
  count: rows.length,
  pixels: Uint8Array.from(rows.flat()),
});
const pair = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }));

describe('firstTwins', () => {
  it('equals the comparison of all pairs', () => {
    fc.assert(
      fc.property(fc.array(pair), (rows) => {
        const slow = rows.map((row) => rows.findIndex((other) => other.join() === row.join()));
        expect([...firstTwins(samplesOf(rows))]).toEqual(slow);
      }),
    );
  });
});

describe('duplicateGroups', () => {
  it('lists groups of two and more', () => {
    expect(
      duplicateGroups(
        samplesOf([
          [1, 2],
          [2, 1],
          [1, 2],
          [0, 0],
          [2, 1],
          [1, 2],
        ]),
      ).map((group) => [...group]),
    ).toEqual([
      [0, 2, 5],
      [1, 4],
    ]);
    expect(duplicateGroups(samplesOf([]))).toEqual([]);
  });
});

describe('withoutTwinsIn', () => {
  it('leaves out what the others have', () => {
    const samples = samplesOf([
      [1, 2],
      [2, 1],
      [1, 2],
      [0, 0],
    ]);
    expect([...withoutTwinsIn(samples, Int32Array.of(2, 3), Int32Array.of(0, 1))]).toEqual([3]);
    expect([...withoutTwinsIn(samples, Int32Array.of(0, 1), Int32Array.of())]).toEqual([0, 1]);
  });
});
