// What must hold of the figures for any predictions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classificationFigures } from './classification-figures.js';
import { accuracyOf, checkConfusionMatrix, confusionMatrix } from './confusion-matrix.js';
import { topAccuracy } from './probability-metrics.js';
import { wilsonInterval } from './wilson-interval.js';

const classes = 4;
const labels = ['a', 'b', 'c', 'd'];
const row = fc
  .array(fc.integer({ min: 0, max: 20 }), { minLength: classes, maxLength: classes })
  .map((parts) => parts.map((part) => (part + 1e-9) / (parts.reduce((a, b) => a + b) + classes * 1e-9)));
const predictions = fc
  .array(fc.tuple(fc.integer({ min: 0, max: classes - 1 }), row), { minLength: 1, maxLength: 60 })
  .map((samples) => ({
    truth: samples.map(([truth]) => truth),
    probabilities: new Float32Array(samples.flatMap(([, probabilities]) => probabilities)),
  }));

describe('classificationFigures', () => {
  it('stays within bounds, and the matrix agrees with the accuracy', () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        const figures = classificationFigures(truth, probabilities, labels);
        for (const figure of ['accuracy', 'macroF1', 'balancedAccuracy', 'top2', 'ece'] as const) {
          expect(figures[figure]).toBeGreaterThanOrEqual(0);
          expect(figures[figure]).toBeLessThanOrEqual(1 + 1e-7);
        }
        expect(figures.brier).toBeLessThanOrEqual(2 + 1e-6);
        expect(figures.nll).toBeLessThanOrEqual(16);
        expect(figures.top2).toBeGreaterThanOrEqual(figures.accuracy);
        expect(figures.interval[0]).toBeLessThanOrEqual(figures.accuracy);
        expect(figures.interval[1]).toBeGreaterThanOrEqual(figures.accuracy);
        expect(accuracyOf(figures.confusionMatrix)).toBeCloseTo(figures.accuracy, 12);
        expect(figures.perClass.reduce((sum, { support }) => sum + support, 0)).toBe(figures.n);
      }),
    );
  });

  it('is perfect for the truth itself', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), (truth) => {
        const probabilities = new Float32Array(truth.length * classes);
        truth.forEach((label, i) => {
          probabilities[i * classes + label] = 1;
        });
        const figures = classificationFigures(truth, probabilities, labels);
        expect(figures).toMatchObject({ accuracy: 1, macroF1: 1, balancedAccuracy: 1, brier: 0, ece: 0 });
        expect(figures.nll).toBeLessThan(1e-6);
        expect(figures.interval[1]).toBe(1);
      }),
    );
  });

  it('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        const n = truth.length;
        const reversed = Float32Array.from({ length: n * classes }, (_, i) => {
          const sample = n - 1 - Math.floor(i / classes);
          return probabilities[sample * classes + (i % classes)]!;
        });
        const one = classificationFigures(truth, probabilities, labels);
        const other = classificationFigures([...truth].reverse(), reversed, labels);
        expect(other.confusionMatrix).toEqual(one.confusionMatrix);
        expect(other.nll).toBeCloseTo(one.nll, 9);
        expect(other.ece).toBeCloseTo(one.ece, 9);
      }),
    );
  });

  it('refuses sizes that do not fit, no samples, unknown classes and what is not a number', () => {
    expect(() => classificationFigures([], [], labels)).toThrow(RangeError);
    expect(() => classificationFigures([0], [1, 0, 0], labels)).toThrow(RangeError);
    expect(() => classificationFigures([4], [1, 0, 0, 0], labels)).toThrow(RangeError);
    expect(() => classificationFigures([0], [Number.NaN, 0, 0, 0], labels)).toThrow(RangeError);
  });
});

describe('confusionMatrix', () => {
  it('has rows of truth and columns of predictions', () => {
    expect(confusionMatrix([0, 0, 1], [1, 1, 1], 2)).toEqual([
      [0, 2],
      [0, 1],
    ]);
    expect(() => confusionMatrix([0], [0, 1], 2)).toThrow(RangeError);
  });

  it('is refused when its trace is not the accuracy, as when predictions come in another order', () => {
    const truth = [0, 0, 1, 1, 2, 2];
    const predicted = [0, 0, 1, 1, 2, 1];
    const shuffled = [1, 2, 0, 1, 0, 1];
    expect(() => checkConfusionMatrix(confusionMatrix(truth, predicted, 3), 5 / 6)).not.toThrow();
    expect(() => checkConfusionMatrix(confusionMatrix(truth, shuffled, 3), 5 / 6)).toThrow(/same order/);
    expect(() => checkConfusionMatrix(confusionMatrix([], [], 3), 0)).toThrow(/diagonal/);
  });
});

describe('topAccuracy', () => {
  it('grows with k to 1, and equals the accuracy at 1', () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        const shares = [1, 2, 3, 4].map((k) => topAccuracy({ truth, probabilities, classes }, k));
        expect(shares[0]).toBeCloseTo(classificationFigures(truth, probabilities, labels).accuracy, 12);
        expect([...shares].sort((a, b) => a - b)).toEqual(shares);
        expect(shares[3]).toBe(1);
      }),
    );
  });
});

describe('wilsonInterval', () => {
  it('holds the share, narrows with n and mirrors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const successes = Math.round(share * n);
        const [low, high] = wilsonInterval(successes, n);
        expect(low).toBeLessThanOrEqual(successes / n);
        expect(high).toBeGreaterThanOrEqual(successes / n);
        const [mirrorLow, mirrorHigh] = wilsonInterval(n - successes, n);
        expect(mirrorLow).toBeCloseTo(1 - high, 10);
        expect(mirrorHigh).toBeCloseTo(1 - low, 10);
        const [wideLow, wideHigh] = wilsonInterval(successes * 4, n * 4);
        expect(wideHigh - wideLow).toBeLessThan(high - low);
      }),
    );
  });

  it('knows nothing of no samples and refuses impossible counts', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
    expect(() => wilsonInterval(2, 1)).toThrow(RangeError);
    expect(() => wilsonInterval(Number.NaN, 1)).toThrow(RangeError);
  });
});
