// Curves and mistakes of a detector whose finds are known.
import { describe, expect, test } from 'vitest';
import type { Box, Picture } from '../../core/image/picture.js';
import type { DetectedPicture } from './detect-pictures.js';
import { detectorCurves } from './detector-curves.js';
import { findMistakes } from './detector-mistakes.js';

const blank: Picture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) };
const large: Box = [100, 100, 50, 50];
const small: Box = [10, 10, 20, 20];
const elsewhere: Box = [300, 300, 60, 60];

function detected(
  faces: readonly Box[],
  finds: readonly (readonly [Box, number])[],
  unsure: readonly Box[] = [],
): DetectedPicture {
  return {
    known: {
      file: 'a.jpg',
      faces: faces.map((box) => ({ box, points: null })),
      unsure: unsure.map((box) => ({ box, points: null, score: 0.6 })),
      read: async () => blank,
    },
    detections: finds.map(([box, score]) => ({ box, score, points: null })),
    latencyMs: 1,
  };
}

const pictures = [
  detected(
    [large, small],
    [
      [large, 0.9],
      [small, 0.4],
    ],
  ),
  detected(
    [],
    [
      [elsewhere, 0.7],
      [small, 0.3],
    ],
    [small],
  ),
];

describe('detectorCurves', () => {
  test('gives recall over all false detections, and precision among those of the size', () => {
    const curves = detectorCurves(pictures, 'overlap');
    expect(curves.map(({ range, faces }) => [range[0], faces])).toEqual([
      [0, 2],
      [16, 1],
      [40, 1],
    ]);
    const [all, tiny, middle] = curves;
    expect(all!.recall).toEqual([
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
    ]);
    expect(tiny!.recall).toEqual([
      [0, 0],
      [0.5, 0],
      [0.5, 1],
    ]);
    expect(all!.precision).toEqual([
      [0.5, 1],
      [0.5, 0.5],
      [1, 2 / 3],
    ]);
    expect(tiny!.precision).toEqual([[1, 1]]);
    expect(middle!.precision).toEqual([
      [1, 1],
      [1, 0.5],
    ]);
  });

  test('takes detections of one score together, and none without a face', () => {
    const tie = [
      detected(
        [large],
        [
          [elsewhere, 0.5],
          [large, 0.5],
        ],
      ),
    ];
    expect(detectorCurves(tie, 'overlap')[0]!.recall).toEqual([[1, 1]]);
    expect(detectorCurves([detected([], [[large, 0.5]])], 'overlap')).toEqual([]);
  });
});

describe('findMistakes', () => {
  const at = (score: number) => {
    const { missed, wrong } = findMistakes(pictures, { matching: 'overlap', score });
    return [missed, wrong].map((all) => all.map((mistake) => [mistake.box, mistake.score]));
  };

  test('a face that is found too unsurely is missed, with its score; ignored places are no mistakes', () => {
    expect(at(0.5)).toEqual([[[small, 0.4]], [[elsewhere, 0.7]]]);
    expect(at(0.95)).toEqual([
      [
        [large, 0.9],
        [small, 0.4],
      ],
      [],
    ]);
    expect(at(0.2)).toEqual([[], [[elsewhere, 0.7]]]);
  });

  test('missed faces come by their size, false detections by their score', () => {
    const others = [
      detected(
        [small, large],
        [
          [elsewhere, 0.6],
          [[500, 0, 9, 9], 0.8],
        ],
      ),
    ];
    const { missed, wrong } = findMistakes(others, { matching: 'overlap', score: 0.5 });
    expect(missed.map(({ box, score }) => [box, score])).toEqual([
      [large, null],
      [small, null],
    ]);
    expect(wrong.map(({ score }) => score)).toEqual([0.8, 0.6]);
  });
});
