// Newcombe's interval for pairs: where it lies, what it keeps, and how often it holds the truth.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { differenceInterval } from './difference-interval.js';
import { pairedDifference } from './paired-difference.js';

const counts = fc.record({
  both: fc.nat(500),
  onlyFirst: fc.nat(500),
  onlySecond: fc.nat(500),
  neither: fc.nat(500),
});

describe('pairedDifference', () => {
  it('holds the difference, and swaps its ends when the two are swapped', () => {
    fc.assert(
      fc.property(counts, (pairs) => {
        const { difference, interval } = pairedDifference(pairs);
        expect(interval[0]).toBeLessThanOrEqual(difference);
        expect(interval[1]).toBeGreaterThanOrEqual(difference);
        const { onlyFirst, onlySecond } = pairs;
        const swapped = pairedDifference({ ...pairs, onlyFirst: onlySecond, onlySecond: onlyFirst });
        expect(swapped.difference).toBeCloseTo(-difference, 12);
        expect(swapped.interval[0]).toBeCloseTo(-interval[1], 12);
        expect(swapped.interval[1]).toBeCloseTo(-interval[0], 12);
      }),
    );
  });

  it('is narrower than the interval for independent samples when the errors coincide', () => {
    const pairs = { both: 2300, onlyFirst: 40, onlySecond: 30, neither: 1219 };
    const [low, high] = pairedDifference(pairs).interval;
    const independent = differenceInterval({ successes: 2330, n: 3589 }, { successes: 2340, n: 3589 });
    expect(high - low).toBeLessThan(0.4 * (independent[1] - independent[0]));
    // About as wide as the normal approximation, which is good at such counts.
    expect(high - low).toBeCloseTo((2 * 1.96 * Math.sqrt(70)) / 3589, 3);
  });

  it('holds the true difference in about 95 % of samples', () => {
    const random = createRandom(5);
    const [trials, n] = [2000, 120];
    let holds = 0;
    for (let trial = 0; trial < trials; trial++) {
      const pairs = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
      for (let i = 0; i < n; i++) {
        const u = random.next();
        pairs[u < 0.6 ? 'both' : u < 0.7 ? 'onlyFirst' : u < 0.75 ? 'onlySecond' : 'neither']++;
      }
      const [low, high] = pairedDifference(pairs).interval;
      if (low <= 0.05 && high >= 0.05) holds++;
    }
    expect(holds / trials).toBeGreaterThan(0.935);
    expect(holds / trials).toBeLessThan(0.985);
  });

  test('no samples say nothing', () => {
    expect(pairedDifference({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 }).interval).toEqual([-1, 1]);
  });
});
