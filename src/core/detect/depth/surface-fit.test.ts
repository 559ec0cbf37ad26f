import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSurface } from './surface-fit.js';

/** A grid of points over [0, side) in which 1/depth (1/m) is given. */
function points(side: number, perMetre: (x: number, y: number) => number): number[] {
  return Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return [x, y, 1000 / perMetre(x, y)];
  }).flat();
}
const small = fc.double({ min: -0.01, max: 0.01, noNaN: true });

describe('fitSurface', () => {
  it('finds nothing beside a plane', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const { deviation, bulge, count } = fitSurface(points(12, (x, y) => 1 + a * x + b * y))!;
        expect(deviation).toBeLessThan(1e-9);
        expect(bulge).toBeLessThan(1e-9);
        expect(count).toBe(144);
      }),
    );
  });

  it('parts a bulge from the plane it sits on and from what no bulge follows', () => {
    // From -1 to 1, x² less its mean has a root mean square near 2 / sqrt(45); so fine a checkerboard is no bulge.
    const unit = (x: number) => (2 * x) / 39 - 1;
    const bulging = fitSurface(points(40, (x, y) => 1 + 0.002 * y + 0.01 * unit(x) ** 2))!;
    expect(bulging.bulge * 1000).toBeCloseTo((0.01 * 2) / Math.sqrt(45), 3);
    expect(bulging.deviation).toBeCloseTo(bulging.bulge, 9);
    const rough = fitSurface(points(40, (x, y) => 1 + ((x + y) % 2 === 0 ? 0.01 : -0.01)))!;
    expect(rough.deviation * 1000).toBeCloseTo(0.01, 4);
    expect(rough.bulge).toBeLessThan(rough.deviation / 100);
  });

  it('leaves out what does not count', () => {
    const all = points(20, (x, y) => (x < 5 ? 0.2 : 1 + 0.001 * y));
    const shape = fitSurface(all, (mm) => mm < 2000)!;
    expect(shape.count).toBe(300);
    expect(shape.deviation).toBeLessThan(1e-9);
  });

  it('says nothing of few points or of a line', () => {
    expect(fitSurface([])).toBeUndefined();
    expect(fitSurface(points(7, () => 1))).toBeUndefined();
    expect(fitSurface(Array.from({ length: 100 }, (_, i) => [i, 2 * i, 900]).flat())).toBeUndefined();
    expect(fitSurface(Array.from({ length: 100 }, () => [5, 5, 900]).flat())).toBeUndefined();
  });
});
