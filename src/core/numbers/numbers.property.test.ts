// The small functions on numbers: what holds for all values, and the known answers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmax } from './argmax.js';
import { clamp } from './clamp.js';
import { mean } from './mean.js';
import { median } from './median.js';
import { normalQuantile } from './normal-quantile.js';
import { percent, points } from './percent.js';
import { quantile } from './quantile.js';

const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
const values = fc.array(number, { minLength: 1 });

describe('argmax', () => {
  it('gives the first of the largest of a part', () => {
    fc.assert(
      fc.property(values, fc.array(number), (part, before) => {
        const at = argmax([...before, ...part, Infinity], before.length, part.length);
        expect(at).toBe(part.indexOf(Math.max(...part)));
        expect(argmax(part)).toBe(at);
      }),
    );
  });
});

describe('median', () => {
  it('is the middle, or the mean of the middle two, whatever the order', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
    fc.assert(
      fc.property(values, (some) => {
        const sorted = [...some].sort((a, b) => a - b);
        const middle = median(some);
        expect(middle).toBeGreaterThanOrEqual(sorted[Math.floor((some.length - 1) / 2)]!);
        expect(middle).toBeLessThanOrEqual(sorted[Math.ceil((some.length - 1) / 2)]!);
        expect(median(sorted)).toBe(middle);
        expect(middle).toBeCloseTo(quantile(sorted, 0.5), 6);
      }),
    );
    expect(() => median([])).toThrow(RangeError);
  });

  it('leaves the values in their order', () => {
    const some = [3, 1, 2];
    median(some);
    expect(some).toEqual([3, 1, 2]);
  });
});

describe('quantile', () => {
  it('does not need a difference between infinite values', () => {
    expect(quantile([1, Infinity, Infinity], 0.75)).toBe(Infinity);
    expect(quantile([-Infinity, -Infinity], 0.25)).toBe(-Infinity);
  });
});

describe('mean', () => {
  it('lies among the values', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(mean([])).toBeNaN();
    fc.assert(
      fc.property(values, (some) => {
        expect(mean(some)).toBeGreaterThanOrEqual(Math.min(...some) - 1e-6);
        expect(mean(some)).toBeLessThanOrEqual(Math.max(...some) + 1e-6);
      }),
    );
  });
});

describe('clamp', () => {
  it('changes only what lies outside', () => {
    expect([-1, 0.5, 2].map((value) => clamp(value, 0, 1))).toEqual([0, 0.5, 1]);
  });
});

describe('percent', () => {
  it('has the digits that are asked for, with and without its unit', () => {
    expect([percent(0.68456), percent(1, { digits: 0 }), percent(0.68456, { digits: 2, unit: false })]).toEqual([
      '68.5 %',
      '100 %',
      '68.46',
    ]);
  });

  it('has a sign for a difference, and none below nothing', () => {
    expect([0.0151, -0.0079, 0, -0.0001].map(points)).toEqual(['+1.5', '-0.8', '+0.0', '+0.0']);
  });
});

describe('normalQuantile', () => {
  it("gives the standard normal distribution's known quantiles, symmetrically", () => {
    // R's qnorm.
    const known = {
      1e-5: -4.264890793922825,
      1e-3: -3.090232306167813,
      0.01: -2.3263478740408408,
      0.3: -0.5244005127080407,
    };
    for (const [share, value] of Object.entries(known)) expect(normalQuantile(Number(share))).toBeCloseTo(value, 7);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 7);
    for (const share of [0, 1, Number.NaN]) expect(() => normalQuantile(share)).toThrow(RangeError);
  });
});
