import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CountedShare, differenceInterval } from './difference-interval.js';

const counted = fc
  .integer({ min: 1, max: 5000 })
  .chain((n) => fc.record({ successes: fc.integer({ min: 0, max: n }), n: fc.constant(n) }));

describe('differenceInterval', () => {
  // Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10; his theta is the first share minus the second.
  it.each<[CountedShare, CountedShare, number, number]>([
    [{ successes: 48, n: 80 }, { successes: 56, n: 70 }, 0.0524, 0.3339],
    [{ successes: 3, n: 10 }, { successes: 9, n: 10 }, 0.1705, 0.809],
    [{ successes: 2, n: 7 }, { successes: 6, n: 7 }, 0.0582, 0.8062],
    [{ successes: 0, n: 29 }, { successes: 5, n: 56 }, -0.0381, 0.1926],
    [{ successes: 0, n: 10 }, { successes: 10, n: 10 }, 0.6075, 1],
  ])('is as published for %j and %j', (a, b, low, high) => {
    const interval = differenceInterval(a, b);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('holds the difference, turns around with its arguments and stays in -1..1', () => {
    fc.assert(
      fc.property(counted, counted, (a, b) => {
        const [low, high] = differenceInterval(a, b);
        const [lowAround, highAround] = differenceInterval(b, a);
        const difference = b.successes / b.n - a.successes / a.n;
        expect(low).toBeLessThanOrEqual(difference + 1e-12);
        expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
        expect(lowAround).toBeCloseTo(-high, 12);
        expect(highAround).toBeCloseTo(-low, 12);
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(high).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it('says nothing about nothing', () => {
    expect(differenceInterval({ successes: 0, n: 0 }, { successes: 5, n: 5 })).toEqual([-1, 1]);
  });
});
