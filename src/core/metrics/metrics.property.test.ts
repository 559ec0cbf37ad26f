// What must hold of the figures for any predictions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmax } from '../numbers/argmax.js';
import { createRandom } from '../numbers/random.js';
import { bootstrapIntervals, bootstrappedFigures } from './bootstrap-intervals.js';
import { classificationFigures } from './classification-figures.js';
import { accuracyOf, checkConfusionMatrix, confusionMatrix } from './confusion-matrix.js';
import { comparePaired, mcNemarTest } from './paired-comparison.js';
import { expectedCalibrationError, negativeLogLikelihood, topAccuracy } from './probability-metrics.js';
import { reliabilityBins } from './reliability-bins.js';
import { applyTemperature, fitTemperature } from './temperature.js';
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

  it('has rows of shares that add up to 1, but for classes without samples', () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        const { confusionShares, perClass } = classificationFigures(truth, probabilities, labels);
        confusionShares.forEach((shares, i) => {
          const sum = shares.reduce((a, b) => a + b);
          expect(sum).toBeCloseTo(perClass[i]!.support > 0 ? 1 : 0, 9);
        });
      }),
    );
  });

  it("has intervals that hold each class' figures", () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        for (const figures of classificationFigures(truth, probabilities, labels).perClass) {
          for (const name of ['precision', 'recall', 'f1'] as const) {
            const [low, high] = figures[`${name}Interval`];
            expect(low).toBeLessThanOrEqual(figures[name] + 1e-12);
            expect(high).toBeGreaterThanOrEqual(figures[name] - 1e-12);
            expect(low).toBeGreaterThanOrEqual(0);
            expect(high).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('refuses sizes that do not fit, no samples and unknown classes', () => {
    expect(() => classificationFigures([], [], labels)).toThrow(RangeError);
    expect(() => classificationFigures([0], [1, 0, 0], labels)).toThrow(RangeError);
    expect(() => classificationFigures([4], [1, 0, 0, 0], labels)).toThrow(RangeError);
  });

  it.each([
    ['not a number', [Number.NaN, 0, 0, 0], /sample 1 must be 0..1, and one is NaN/],
    ['logits', [2.5, -1, 0, 0], /one is 2.5/],
    ['negative', [-0.5, 0.5, 0.5, 0.5], /one is -0.5/],
    ['sigmoids', [0.9, 0.9, 0.1, 0.1], /sample 1 must add up to 1/],
    ['nothing', [0, 0, 0, 0], /add up to 0/],
  ])('refuses probabilities that are %s', (_, odd, message) => {
    expect(() => classificationFigures([0, 0], [0.5, 0.25, 0.25, 0, ...odd], labels)).toThrow(message);
  });
});

describe('bootstrapIntervals', () => {
  const figuresOf = (truth: readonly number[], probabilities: Float32Array) => {
    const figures = classificationFigures(truth, probabilities, labels);
    return { figures, predictions: { truth, probabilities, classes } };
  };

  it('hold their figures and stay in bounds, whatever the predictions', () => {
    fc.assert(
      fc.property(predictions, fc.integer(), ({ truth, probabilities }, seed) => {
        const { figures, predictions: all } = figuresOf(truth, probabilities);
        const intervals = bootstrapIntervals(all, figures, { seed, resamples: 50 });
        for (const name of bootstrappedFigures) {
          expect(intervals[name][0]).toBeLessThanOrEqual(figures[name]);
          expect(intervals[name][1]).toBeGreaterThanOrEqual(figures[name]);
          expect(intervals[name][0]).toBeGreaterThanOrEqual(0);
        }
        for (const name of ['macroF1', 'balancedAccuracy', 'ece'] as const) {
          expect(intervals[name][1]).toBeLessThanOrEqual(1 + 1e-7);
        }
      }),
      { numRuns: 30 },
    );
  });

  /** 800 samples of a classifier whose confidence is true: right exactly as often as it says. */
  const honest = (seed: number, n = 800) => {
    const random = createRandom(seed);
    const probabilities = new Float32Array(n * classes);
    const truth = Array.from({ length: n }, (_, i) => {
      const confidence = random.between(0.3, 1);
      const said = random.integer(classes);
      for (let c = 0; c < classes; c++) {
        probabilities[i * classes + c] = c === said ? confidence : (1 - confidence) / (classes - 1);
      }
      return random.next() < confidence ? said : (said + 1 + random.integer(classes - 1)) % classes;
    });
    return figuresOf(truth, probabilities);
  };

  it('are the same for the same seed and others for another', () => {
    const { figures, predictions: all } = honest(1, 100);
    const of = (seed: number) => bootstrapIntervals(all, figures, { seed, resamples: 200 });
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
  });

  it('are for a mean what the central limit theorem says', () => {
    const { figures, predictions: all } = honest(2);
    const losses = all.truth.map((label, i) => -Math.log(all.probabilities[i * classes + label]!));
    const spread = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - figures.nll) ** 2, 0) / losses.length);
    const half = (1.96 * spread) / Math.sqrt(losses.length);
    const [low, high] = bootstrapIntervals(all, figures, { seed: 3 }).nll;
    expect((high - low) / (2 * half)).toBeGreaterThan(0.9);
    expect((high - low) / (2 * half)).toBeLessThan(1.1);
  });

  // Balanced classes and no other structure: macro F1 varies about as the accuracy does, so that its interval is near Wilson's.
  it('are for macro F1 of balanced classes nearly that of the accuracy', () => {
    const { figures, predictions: all } = honest(4);
    const [low, high] = bootstrapIntervals(all, figures, { seed: 5 }).macroF1;
    const width = figures.interval[1] - figures.interval[0];
    expect((high - low) / width).toBeGreaterThan(0.85);
    expect((high - low) / width).toBeLessThan(1.15);
  });

  it("do not take the calibration error's own noise for miscalibration", () => {
    const { figures, predictions: all } = honest(6);
    const { ece } = bootstrapIntervals(all, figures, { seed: 9 });
    // In truth it is 0; with 800 samples the bins' noise alone shows as 0.02 to 0.04.
    expect(figures.ece).toBeGreaterThan(0.01);
    expect(ece[0]).toBeLessThan(0.01);
  });
});

describe('reliabilityBins', () => {
  it('hold every sample once, and give the calibration error', () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        const all = { truth, probabilities, classes };
        const bins = reliabilityBins(all);
        expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(truth.length);
        const error = bins.reduce(
          (sum, { n, confidence, accuracy }) =>
            sum + (n * Math.abs((accuracy ?? 0) - (confidence ?? 0))) / truth.length,
          0,
        );
        expect(error).toBeCloseTo(expectedCalibrationError(all), 9);
        for (const { low, high, n, confidence } of bins) {
          if (n === 0) continue;
          expect(confidence).toBeGreaterThan(low - 1e-6);
          expect(confidence).toBeLessThan(high + 1e-6);
        }
      }),
    );
  });
});

describe('temperature', () => {
  const temperature = fc.double({ min: 0.05, max: 20, noNaN: true });

  it('changes no decision and leaves probabilities', () => {
    fc.assert(
      fc.property(predictions, temperature, ({ truth, probabilities }, t) => {
        const scaled = applyTemperature(probabilities, classes, t);
        expect(() => classificationFigures(truth, scaled, labels)).not.toThrow();
        truth.forEach((_, i) => {
          const own = scaled.subarray(i * classes, (i + 1) * classes);
          expect(own[argmax(probabilities, i * classes, classes)]).toBe(Math.max(...own));
        });
      }),
    );
  });

  it('never raises the log likelihood that it is fitted to', () => {
    fc.assert(
      fc.property(predictions, ({ truth, probabilities }) => {
        const all = { truth, probabilities, classes };
        const fitted = { ...all, probabilities: applyTemperature(probabilities, classes, fitTemperature(all)) };
        expect(negativeLogLikelihood(fitted)).toBeLessThanOrEqual(negativeLogLikelihood(all));
      }),
    );
  });

  it('is undone by its inverse, and 1 changes nothing', () => {
    fc.assert(
      fc.property(predictions, fc.double({ min: 0.5, max: 2, noNaN: true }), ({ probabilities }, t) => {
        const there = applyTemperature(probabilities, classes, t);
        const back = applyTemperature(there, classes, 1 / t);
        const same = applyTemperature(probabilities, classes, 1);
        probabilities.forEach((p, i) => {
          expect(back[i]).toBeCloseTo(p, 4);
          expect(same[i]).toBeCloseTo(p, 6);
        });
      }),
    );
  });

  it('has a probability that was rounded to 0 stay a number', () => {
    expect([...applyTemperature([1, 0], 2, 20)].every(Number.isFinite)).toBe(true);
    expect(fitTemperature({ truth: [1, 0, 0], probabilities: [1, 0, 1, 0, 1, 0], classes: 2 })).toBeGreaterThan(1);
  });
});

describe('comparePaired', () => {
  const pairs = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 200 });

  it('counts every sample once, holds the difference and turns around', () => {
    fc.assert(
      fc.property(pairs, (samples) => {
        const [a, b] = [samples.map(([one]) => one), samples.map(([, other]) => other)];
        const result = comparePaired(a, b);
        const { both, onlyFirst, onlySecond, neither, n, interval, difference } = result;
        expect(both + onlyFirst + onlySecond + neither).toBe(n);
        expect(interval[0]).toBeLessThanOrEqual(difference);
        expect(interval[1]).toBeGreaterThanOrEqual(difference);
        const around = comparePaired(b, a);
        expect(around.p).toBe(result.p);
        expect(around.difference).toBeCloseTo(-difference, 12);
        expect(around.interval[0]).toBeCloseTo(-interval[1], 12);
      }),
    );
  });

  it('is surer the more the counts differ, and sure of nothing when none differ', () => {
    const values = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((fewer) => mcNemarTest(fewer, 20 - fewer));
    expect([...values].sort((x, y) => y - x)).toEqual(values);
    expect(mcNemarTest(0, 0)).toBe(1);
    expect(mcNemarTest(3000, 2000)).toBeLessThan(1e-30);
    expect(mcNemarTest(3000, 2000)).toBeGreaterThan(0);
  });

  it('refuses lists that do not fit', () => {
    expect(() => comparePaired([true], [])).toThrow(RangeError);
    expect(() => comparePaired([], [])).toThrow(RangeError);
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
