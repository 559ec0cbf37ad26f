// Measuring a detector whose finds are known.
import { describe, expect, test } from 'vitest';
import { DatasetError } from '../../core/errors.js';
import type { Box, Picture } from '../../core/image/picture.js';
import type { Matching } from '../../core/metrics/average-precision.js';
import { silentProgress } from '../../core/ports/progress.js';
import { detectPictures, type EvaluatedFace, type KnownPicture } from './detect-pictures.js';
import { heldBackPictures, judgeDetector } from './evaluate-detector.js';

const blank: Picture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) };
const points = [110, 110, 130, 110, 120, 120, 120, 135];

/** `finds[i]` is what the detector says of picture `i`. */
async function measure(
  known: readonly Partial<KnownPicture>[],
  finds: readonly (readonly EvaluatedFace[])[],
  { matching = 'overlap' as Matching, score = 0.5 } = {},
) {
  let at = 0;
  let now = 0;
  const detected = await detectPictures({
    pictures: known.map((one, i) => ({ file: `${i}`, faces: [], unsure: [], read: async () => blank, ...one })),
    detect: async () => {
      now += 5;
      return finds[at++]!;
    },
    progress: silentProgress,
    clock: () => now,
  });
  return judgeDetector(detected, { matching, score });
}

const find = (box: Box, score: number, own: readonly number[] | null = null): EvaluatedFace => ({
  box,
  score,
  points: own,
});

describe('judgeDetector', () => {
  const large: Box = [100, 100, 40, 50];
  const small: Box = [10, 10, 20, 20];

  test('tells sizes apart, counts from the score on, and times each picture', async () => {
    const figures = await measure(
      [
        {
          faces: [
            { box: large, points: null },
            { box: small, points: null },
          ],
        },
        {},
      ],
      [[find(large, 0.9), find(small, 0.3)], [find([200, 200, 60, 60], 0.6)]],
    );
    expect(figures).toMatchObject({ pictures: 2, faces: 2, latencyMs: { median: 5, p95: 5 } });
    expect(figures.ranges.map(({ from, below, faces }) => [from, below, faces])).toEqual([
      [0, null, 2],
      [16, 24, 1],
      [24, 40, 0],
      [40, 80, 1],
      [80, null, 0],
    ]);
    // All: right, wrong, right; of each size only its own face, and the wrong box is of the middle size.
    const precisions = figures.ranges.map(({ averagePrecision }) => averagePrecision?.value ?? null);
    expect(precisions).toEqual([0.5 + 0.5 * (2 / 3), 1, null, 1, null]);
    expect(figures.atScore).toMatchObject({ found: 1, wrong: 1, recall: 0.5 });
    expect(figures.recalls).toMatchObject([
      { wrong: 0.01, recall: 0.5, score: 0.9 },
      { wrong: 0.1, recall: 0.5, score: 0.9 },
      { wrong: 1, recall: 1, score: 0.3 },
    ]);
    for (const { averagePrecision } of figures.ranges) {
      if (averagePrecision === null) continue;
      expect(averagePrecision.interval[0]).toBeLessThanOrEqual(averagePrecision.value);
      expect(averagePrecision.interval[1]).toBeGreaterThanOrEqual(averagePrecision.value);
    }
  });

  test('measures key points by the distance between the eyes, and only where both sides have them', async () => {
    const off = points.map((at, i) => (i % 2 === 0 ? at + 3 : at + 4));
    const figures = await measure(
      [
        { faces: [{ box: large, points }] },
        { faces: [{ box: large, points: null }] },
        { faces: [{ box: small, points }] },
      ],
      [[find(large, 0.9, off)], [find(large, 0.9, off)], [find(small, 0.9, off)]],
    );
    // 5 pixels off, the eyes 20 apart; the small face does not count.
    expect(figures.points).toEqual({ faces: 1, meanError: 0.25 });
    expect((await measure([{ faces: [{ box: large, points }] }], [[find(large, 0.9)]])).points).toBeNull();
  });

  test('a box in a place that nobody annotated is neither right nor wrong', async () => {
    const unsure = [{ box: small, points: null, score: 0.6 }];
    const figures = await measure([{ unsure }], [[find(small, 0.9), find(large, 0.8)]]);
    expect(figures.atScore).toMatchObject({ found: 0, wrong: 1 });
  });

  test('by the centre, boxes of another form are the same face', async () => {
    const tight: Box = [106, 112, 28, 28];
    const both = (['overlap', 'centre'] as const).map((matching) =>
      measure([{ faces: [{ box: large, points: null }] }], [[find(tight, 0.9)]], { matching }),
    );
    const [overlap, centre] = await Promise.all(both);
    expect([overlap!.atScore.found, centre!.atScore.found]).toEqual([0, 1]);
  });

  test('without a face there is no recall to tell, only wrong boxes', async () => {
    const figures = await measure([{}, {}], [[], [find(large, 0.7)]]);
    expect(figures.ranges.every(({ averagePrecision }) => averagePrecision === null)).toBe(true);
    expect(figures.atScore).toMatchObject({ found: 0, wrong: 1, recall: 0, interval: [0, 1] });
  });
});

test('heldBackPictures gives those that a run held back, all for a share of 0, and refuses a share that holds none', () => {
  const pictures = Array.from({ length: 40 }, (_, i) => ({ file: `${i}.webp` })) as never;
  expect(heldBackPictures(pictures, 0)).toHaveLength(40);
  expect(() => heldBackPictures(pictures, 1e-6)).toThrow(DatasetError);
  const some = heldBackPictures(pictures, 0.3);
  expect(some.length).toBeGreaterThan(0);
  expect(some.length).toBeLessThan(30);
});
