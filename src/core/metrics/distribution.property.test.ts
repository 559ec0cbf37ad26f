// Distributions: quantiles lie in order among the values, and a histogram loses none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDistribution, histogram } from './distribution.js';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('describeDistribution', () => {
  it("gives numpy's quantiles", () => {
    // numpy 2: np.quantile([7, 1, 3, 10, 2, 2.5], [.05, .25, .5, .75, .95])
    const { quantiles, mean, n } = describeDistribution([7, 1, 3, 10, 2, 2.5])!;
    for (const [i, expected] of [1.25, 2.125, 2.75, 6, 9.25].entries()) expect(quantiles[i]).toBeCloseTo(expected, 12);
    expect([n, mean]).toEqual([6, 4.25]);
  });

  it('has quantiles in order, from the smallest value to the largest, whatever the order of the values', () => {
    fc.assert(
      fc.property(values, (list) => {
        const { quantiles } = describeDistribution(list)!;
        expect([...quantiles].sort((a, b) => a - b)).toEqual([...quantiles]);
        expect(quantiles[0]).toBeGreaterThanOrEqual(Math.min(...list));
        expect(quantiles[4]).toBeLessThanOrEqual(Math.max(...list));
        expect(describeDistribution([...list].reverse())!.quantiles).toEqual(quantiles);
      }),
    );
  });

  it('is null for no values, and the value itself for one', () => {
    expect(describeDistribution([])).toBeNull();
    expect(describeDistribution([4])).toEqual({ n: 1, mean: 4, quantiles: [4, 4, 4, 4, 4] });
  });
});

describe('histogram', () => {
  it('puts a value into the part that begins with it, the highest into the last', () => {
    expect(histogram([0, 0.99, 1, 2, 3.5, 4], { low: 0, high: 4, bins: 4 })).toEqual([2, 1, 1, 2]);
    expect(histogram([-5, 9], { low: 0, high: 4, bins: 2 })).toEqual([1, 1]);
  });

  it('counts every value once', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), (list, bins) => {
        const counts = histogram(list, { low: -1000, high: 1000, bins });
        expect(counts).toHaveLength(bins);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(list.length);
      }),
    );
  });

  it('refuses ranges that are none', () => {
    expect(() => histogram([1], { low: 0, high: 0, bins: 3 })).toThrow(RangeError);
    expect(() => histogram([1], { low: 0, high: 1, bins: 0 })).toThrow(RangeError);
  });
});
