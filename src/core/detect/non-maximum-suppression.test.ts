import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOverlap, intersectionOverUnion, suppressNonMaxima } from './non-maximum-suppression.js';

const candidate = fc
  .tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.nat(90), fc.nat(90), fc.integer({ min: 1, max: 40 }))
  .map(([score, x, y, side]) => [score, x, y, x + side, y + side]);
const candidates = fc.array(candidate, { maxLength: 30 });

function edges(values: readonly number[]): [number, number, number, number] {
  return [values[1]!, values[2]!, values[3]!, values[4]!];
}

describe('intersectionOverUnion', () => {
  it('is the shared part of the area covered', () => {
    expect(intersectionOverUnion([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3);
    expect(intersectionOverUnion([0, 0, 2, 2], [0, 0, 2, 2])).toBe(1);
    expect(intersectionOverUnion([0, 0, 2, 2], [2, 0, 4, 2])).toBe(0);
    expect(boxOverlap([0, 0, 2, 2], [1, 0, 2, 2])).toBeCloseTo(1 / 3);
  });
});

describe('suppressNonMaxima', () => {
  it('keeps plain candidates that overlap no better one, best first', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const kept = suppressNonMaxima(all, { maxOverlap: 0.3, weighted: false });
        for (const [i, one] of kept.entries()) {
          expect(all).toContainEqual(one);
          if (i > 0) expect(one[0]).toBeLessThanOrEqual(kept[i - 1]![0]!);
          for (const other of kept.slice(0, i)) {
            expect(intersectionOverUnion(edges(one), edges(other))).toBeLessThanOrEqual(0.3);
          }
        }
        for (const lost of all) {
          const covered = kept.some(
            (one) => one[0]! >= lost[0]! && intersectionOverUnion(edges(one), edges(lost)) > 0.3,
          );
          expect(covered || kept.some((one) => one.join() === lost.join())).toBe(true);
        }
      }),
    );
  });

  it('weights positions by score and keeps the best score', () => {
    const [merged, ...others] = suppressNonMaxima(
      [
        [0.3, 14, 10, 24, 20],
        [0.9, 10, 10, 20, 20],
      ],
      { maxOverlap: 0.3, weighted: true },
    );
    expect(others).toEqual([]);
    expect(merged![0]).toBe(0.9);
    expect(merged![1]).toBeCloseTo(11);
    expect(merged![3]).toBeCloseTo(21);
    expect(merged![2]).toBeCloseTo(10);
  });

  it('gives as many faces weighted as plain, each inside the hull of its group', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const plain = suppressNonMaxima(all, { maxOverlap: 0.3, weighted: false });
        const weighted = suppressNonMaxima(all, { maxOverlap: 0.3, weighted: true });
        expect(weighted.map(([score]) => score)).toEqual(plain.map(([score]) => score));
        for (const one of weighted) expect(one[3]! > one[1]! && one[4]! > one[2]!).toBe(true);
      }),
    );
  });
});
