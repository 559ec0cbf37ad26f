// Our figures against scikit-learn's and scipy's, stored by tests/oracles/metrics.py.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classificationFigures } from './classification-figures.js';
import { classFigures } from './confusion-matrix.js';
import { mcNemarTest } from './paired-comparison.js';
import { negativeLogLikelihood } from './probability-metrics.js';
import { reliabilityBins } from './reliability-bins.js';
import { applyTemperature, fitTemperature } from './temperature.js';
import { wilsonInterval } from './wilson-interval.js';

interface Stored {
  cases: {
    name: string;
    classes: number;
    truth: number[];
    probabilities: number[];
    expected: Record<'accuracy' | 'macroF1' | 'balancedAccuracy' | 'top2' | 'nll' | 'brier' | 'ece', number> &
      Record<'precision' | 'recall' | 'f1' | 'support', number[]> & {
        confusionMatrix: number[][];
        confusionShares: number[][];
        reliability: { accuracy: number[]; confidence: number[] };
        temperature: [value: number, loss: number];
      };
  }[];
  wilson: [successes: number, n: number, low: number, high: number][];
  f1Interval: [hits: number, union: number, low: number, high: number][];
  mcNemar: [onlyFirst: number, onlySecond: number, p: number][];
}

const stored: Stored = JSON.parse(readFileSync(new URL('fixtures/scikit-learn.json', import.meta.url), 'utf8'));

describe.each(stored.cases)('$name', ({ classes, truth, probabilities, expected }) => {
  const labels = Array.from({ length: classes }, (_, i) => `class ${i}`);
  const figures = classificationFigures(truth, new Float32Array(probabilities), labels);

  it.each(['accuracy', 'macroF1', 'balancedAccuracy', 'top2', 'brier', 'ece'] as const)('has the same %s', (figure) => {
    expect(Math.abs(figures[figure] - expected[figure])).toBeLessThan(1e-9);
  });

  it('has the same log loss (float32 inputs)', () => {
    expect(Math.abs(figures.nll - expected.nll)).toBeLessThan(1e-6);
  });

  it('has the same confusion matrix and figures per class', () => {
    expect(figures.confusionMatrix).toEqual(expected.confusionMatrix);
    expect(figures.confusionShares).toEqual(expected.confusionShares);
    figures.perClass.forEach((ours, i) => {
      expect(ours.label).toBe(labels[i]);
      for (const figure of ['precision', 'recall', 'f1', 'support'] as const) {
        expect(ours[figure]).toBeCloseTo(expected[figure][i]!, 12);
      }
    });
  });

  const predictions = { truth, probabilities: new Float32Array(probabilities), classes };

  it('has the same reliability diagram', () => {
    const bins = reliabilityBins(predictions).filter(({ n }) => n > 0);
    expect(bins).toHaveLength(expected.reliability.accuracy.length);
    bins.forEach(({ accuracy, confidence }, i) => {
      expect(accuracy).toBeCloseTo(expected.reliability.accuracy[i]!, 9);
      expect(confidence).toBeCloseTo(expected.reliability.confidence[i]!, 9);
    });
  });

  it('has the same temperature, and the same log loss at it', () => {
    const [value, loss] = expected.temperature;
    const found = fitTemperature(predictions);
    expect(found / value).toBeCloseTo(1, 5);
    const scaled = applyTemperature(predictions.probabilities, classes, found);
    expect(negativeLogLikelihood({ ...predictions, probabilities: scaled })).toBeCloseTo(loss, 6);
  });
});

describe('wilsonInterval', () => {
  it.each(stored.wilson)('of %i in %i', (successes, n, low, high) => {
    const interval = wilsonInterval(successes, n);
    expect(interval[0]).toBeCloseTo(low, 12);
    expect(interval[1]).toBeCloseTo(high, 12);
  });
});

describe('the interval of F1', () => {
  it.each(stored.f1Interval)('of %i hits in %i', (hits, union, low, high) => {
    const misses = union - hits;
    const { f1Interval } = classFigures([
      [hits, misses],
      [0, 1],
    ])[0]!;
    expect(f1Interval[0]).toBeCloseTo(low, 12);
    expect(f1Interval[1]).toBeCloseTo(high, 12);
  });
});

describe("McNemar's test", () => {
  it.each(stored.mcNemar)('of %i against %i', (onlyFirst, onlySecond, p) => {
    expect(mcNemarTest(onlyFirst, onlySecond)).toBeCloseTo(p, 10);
  });

  // Fagerland, Lydersen & Laake 2013, table 1: 1 and 7 discordant pairs.
  it('is as published', () => expect(mcNemarTest(1, 7)).toBeCloseTo(0.0391, 4));
});
