// Latency figures are those of the durations, in order, whatever the durations.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median } from '../../core/numbers/median.js';
import { latencyFigures } from './latency-figures.js';

const durations = fc.array(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 300 });

describe('latencyFigures', () => {
  it('gives linear percentiles and the mean', () => {
    const oneToHundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(latencyFigures(oneToHundred)).toEqual({ p50: 50.5, p95: 95.05, p99: 99.01, mean: 50.5 });
    expect(latencyFigures([0.012345])).toEqual({ p50: 0.01235, p95: 0.01235, p99: 0.01235, mean: 0.01235 });
  });

  it('keeps the percentiles in order and between the shortest and the longest', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const { p50, p95, p99, mean } = latencyFigures(values);
        const [low, high] = [0.999 * Math.min(...values), 1.001 * Math.max(...values)];
        expect(p50).toBeLessThanOrEqual(p95);
        expect(p95).toBeLessThanOrEqual(p99);
        for (const value of [p50, p99, mean]) expect(value >= low && value <= high).toBe(true);
      }),
    );
  });

  it('scales with the unit and does not mind the order', () => {
    fc.assert(
      fc.property(durations, (values) => {
        expect(median(values.map((value) => 8 * value))).toBe(8 * median(values));
        expect(latencyFigures([...values].reverse())).toEqual(latencyFigures(values));
      }),
    );
  });

  it('refuses no durations', () => {
    expect(() => latencyFigures([])).toThrow(RangeError);
  });
});
