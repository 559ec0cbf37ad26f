// The threshold keeps to its rule.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recallAt } from './average-precision.js';
import { chooseThreshold, thresholdRule } from './choose-threshold.js';

const judged = (detections: readonly (readonly [score: number, isRight: boolean])[], pictures: number) => ({
  detections: detections.map(([score, isRight]) => ({ score, isRight })).sort((a, b) => b.score - a.score),
  truths: 5,
  pictures,
});

const some: [number, boolean][] = [
  [0.9, true],
  [0.71234567, true],
  [0.6, false],
  [0.5, true],
  [0.4, false],
];

test.each([
  [some, 10, 0.71],
  [[...some, [0.712, true]], 10, 0.71],
  [[...some, [0.711, false]], 10, 0.712],
  [some, 100, 0.5],
  [some, 200, 0.4],
  [[...some, [0.1, true]], 200, 0.2],
  [[[0.99, false], ...some], 10, 0.95],
  [[[0.99, true]], 10, 0.95],
  [[], 10, 0.95],
] as [[number, boolean][], number, number][])('of %j in %i pictures it is %f', (detections, pictures, expected) => {
  expect(chooseThreshold(judged(detections, pictures))).toBe(expected);
});

test('at the threshold false detections are as few as the rule says, unless even the highest score has more', () => {
  const detection = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(fc.array(detection), fc.integer({ min: 1, max: 500 }), (detections, pictures) => {
      const threshold = chooseThreshold(judged(detections, pictures));
      const wrong = detections.filter(([score, isRight]) => score >= threshold && !isRight).length;
      expect(wrong <= thresholdRule.falsePerPicture * pictures || threshold === thresholdRule.highest).toBe(true);
      const { found, score } = recallAt(judged(detections, pictures), thresholdRule.falsePerPicture);
      const right = detections.filter((own) => own[0] >= threshold && own[1]).length;
      const isWithin = score > thresholdRule.lowest && score < thresholdRule.highest;
      if (isWithin) expect(right).toBe(found);
      expect(threshold).toBeGreaterThanOrEqual(thresholdRule.lowest);
      expect(threshold).toBeLessThanOrEqual(thresholdRule.highest);
    }),
  );
});
