// Our figures against scikit-learn's, stored by tests/oracles/metrics.py.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classificationFigures } from './classification-figures.js';
import { wilsonInterval } from './wilson-interval.js';

interface Stored {
  cases: {
    name: string;
    classes: number;
    truth: number[];
    probabilities: number[];
    expected: Record<'accuracy' | 'macroF1' | 'balancedAccuracy' | 'top2' | 'nll' | 'brier' | 'ece', number> &
      Record<'precision' | 'recall' | 'f1' | 'support', number[]> & { confusionMatrix: number[][] };
  }[];
  wilson: [number, number, number, number][];
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
    figures.perClass.forEach((ours, i) => {
      expect(ours.label).toBe(labels[i]);
      for (const figure of ['precision', 'recall', 'f1', 'support'] as const) {
        expect(ours[figure]).toBeCloseTo(expected[figure][i]!, 12);
      }
    });
  });
});

describe('wilsonInterval', () => {
  it.each(stored.wilson)('of %i in %i', (successes, n, low, high) => {
    const interval = wilsonInterval(successes, n);
    expect(interval[0]).toBeCloseTo(low, 12);
    expect(interval[1]).toBeCloseTo(high, 12);
  });
});
