import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../image/picture.js';
import { createRandom } from '../numbers/random.js';
import {
  averagePrecision,
  averagePrecisionInterval,
  type JudgedPicture,
  judgeDetections,
  pairDetections,
  recallAt,
} from './average-precision.js';

const at = (x: number, size = 10): Box => [x, 0, size, size];
const picture = (given: Partial<JudgedPicture>): JudgedPicture => ({
  detections: [],
  truths: [],
  ignored: [],
  ...given,
});

describe('judgeDetections', () => {
  test('a truth is found once; a second box on it, and one elsewhere, are wrong', () => {
    const detections = [
      { box: at(0), score: 0.5 },
      { box: at(1), score: 0.9 },
      { box: at(50), score: 0.7 },
    ];
    const judged = judgeDetections([picture({ detections, truths: [at(0), at(30)] })]);
    expect(judged).toEqual({
      detections: [
        { score: 0.9, isRight: true },
        { score: 0.7, isRight: false },
        { score: 0.5, isRight: false },
      ],
      truths: 2,
      pictures: 1,
    });
  });

  test('what lies half in an ignored place does not count, unless it finds a truth', () => {
    const detections = [
      { box: at(0), score: 0.9 },
      { box: at(24), score: 0.8 },
      { box: at(28), score: 0.7 },
    ];
    const judged = judgeDetections([picture({ detections, truths: [at(0)], ignored: [[0, 0, 30, 10]] })]);
    expect(judged.detections).toEqual([
      { score: 0.9, isRight: true },
      { score: 0.7, isRight: false },
    ]);
  });

  test('faces of other sizes are neither missed nor found, and neither are wrong boxes of other sizes', () => {
    const detections = [
      { box: at(0, 10), score: 0.9 },
      { box: at(100, 30), score: 0.8 },
      { box: at(200, 5), score: 0.7 },
      { box: at(300, 31), score: 0.6 },
    ];
    const judged = judgeDetections([picture({ detections, truths: [at(0, 10), at(100, 30), at(400, 12)] })], {
      range: [24, 40],
    });
    expect(judged).toMatchObject({
      detections: [
        { score: 0.8, isRight: true },
        { score: 0.6, isRight: false },
      ],
      truths: 1,
    });
  });
});

describe('pairDetections by the centre', () => {
  const truth: Box = [100, 100, 40, 60];
  const hit = (box: Box) => pairDetections({ detections: [{ box, score: 1 }], truths: [truth] }, 'centre').length === 1;

  test.each([
    [[100, 100, 40, 60], true],
    [[119, 110, 40, 40], true],
    [[121, 110, 40, 40], false],
    [[112, 122, 17, 17], true],
    [[113, 122, 15, 15], false],
    [[71, 81, 98, 98], true],
    [[69, 79, 102, 102], false],
  ] as const)('%j: %s', (box, expected) => {
    expect(hit(box)).toBe(expected);
  });

  test('each takes the truth whose centre is nearest', () => {
    const detections = [
      { box: [104, 100, 40, 60] as const, score: 0.5 },
      { box: [101, 100, 40, 60] as const, score: 0.9 },
    ];
    const pairs = pairDetections({ detections, truths: [[110, 100, 40, 60], truth] }, 'centre');
    expect(pairs).toEqual([
      { detection: 1, truth: 1 },
      { detection: 0, truth: 0 },
    ]);
  });
});

describe('averagePrecision', () => {
  const of = (rights: readonly boolean[], truths: number) => ({
    detections: rights.map((isRight, i) => ({ isRight, score: 1 - i / 100 })),
    truths,
    pictures: 1,
  });

  test.each([
    [[true, true], 2, 1],
    [[true], 2, 0.5],
    [[false, true], 1, 0.5],
    [[true, false, true], 2, 0.5 + 0.5 * (2 / 3)],
    [[false, true, true], 2, 2 / 3],
    [[], 3, 0],
  ])('of %j among %i truths is %f', (rights, truths, expected) => {
    expect(averagePrecision(of(rights, truths))).toBeCloseTo(expected, 12);
  });

  test('is not a number without a truth', () => {
    expect(averagePrecision(of([false], 0))).toBeNaN();
  });

  test('lies between 0 and the recall, and a wrong box at the end costs nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (rights) => {
        const truths = Math.max(1, rights.filter(Boolean).length);
        const value = averagePrecision(of(rights, truths));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        expect(averagePrecision(of([...rights, false], truths))).toBeCloseTo(value, 12);
      }),
    );
  });
});

describe('averagePrecisionInterval', () => {
  const one = (rights: readonly boolean[], truths: number, score: number) => ({
    detections: rights.map((isRight, i) => ({ isRight, score: score - i / 100 })),
    truths,
    pictures: 1,
  });

  test('holds the figure, is the same for the same seed, and narrows with more pictures', () => {
    const random = createRandom(1);
    const some = (count: number) =>
      Array.from({ length: count }, () => one([random.next() < 0.8, random.next() < 0.4], 2, random.next()));
    const widths = [20, 400].map((count) => {
      const pictures = some(count);
      const all = {
        detections: pictures.flatMap(({ detections }) => detections).sort((a, b) => b.score - a.score),
        truths: 2 * count,
      };
      const [low, high] = averagePrecisionInterval(pictures, { seed: 3 });
      expect(low).toBeLessThanOrEqual(averagePrecision(all));
      expect(high).toBeGreaterThanOrEqual(averagePrecision(all));
      expect(averagePrecisionInterval(pictures, { seed: 3 })).toEqual([low, high]);
      return high - low;
    });
    expect(widths[1]!).toBeLessThan(0.5 * widths[0]!);
    expect(widths[1]!).toBeGreaterThan(0);
  });

  test('is a point where every picture is perfect, and not a number without a truth', () => {
    const perfect = Array.from({ length: 9 }, () => one([true], 1, 0.9));
    for (const end of averagePrecisionInterval(perfect, { seed: 1 })) expect(end).toBeCloseTo(1, 12);
    expect(averagePrecisionInterval([one([false], 0, 0.5)], { seed: 1 })).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('recallAt', () => {
  const detections = [
    { score: 0.9, isRight: true },
    { score: 0.8, isRight: false },
    { score: 0.7, isRight: true },
    { score: 0.7, isRight: false },
    { score: 0.6, isRight: true },
  ];

  test.each([
    [0, { found: 1, score: 0.9 }],
    [0.5, { found: 1, score: 0.8 }],
    [1, { found: 3, score: 0.6 }],
  ])('%f wrong boxes a picture, of 2 pictures: what is found, and from which score on', (perPicture, expected) => {
    expect(recallAt({ detections, truths: 5, pictures: 2 }, perPicture)).toEqual(expected);
  });
});
