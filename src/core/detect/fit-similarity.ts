// The similarity (turn, scale, shift) that brings points nearest to others, by least squares.
import type { Point } from '../image/picture.js';
import type { AffineMatrix } from '../image/warp-affine.js';

/** A point, where it should come to, and how much it counts. */
export interface PointPair {
  readonly from: Point;
  readonly to: Point;
  readonly weight: number;
}

/** The similarity z -> a z + b (complex numbers) from the one to the other; undefined when the points of a side coincide. */
export function fitSimilarity(pairs: readonly PointPair[]): AffineMatrix | undefined {
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (pick: (pair: PointPair) => number) =>
    pairs.reduce((sum, pair) => sum + pair.weight * pick(pair), 0) / total;
  const fromX = mean(({ from }) => from[0]);
  const fromY = mean(({ from }) => from[1]);
  const toX = mean(({ to }) => to[0]);
  const toY = mean(({ to }) => to[1]);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  for (const { from, to, weight } of pairs) {
    const fx = from[0] - fromX;
    const fy = from[1] - fromY;
    const tx = to[0] - toX;
    const ty = to[1] - toY;
    real += weight * (fx * tx + fy * ty);
    imaginary += weight * (fx * ty - fy * tx);
    spread += weight * (fx * fx + fy * fy);
  }
  const a = real / spread;
  const b = imaginary / spread;
  const matrix: AffineMatrix = [a, -b, toX - (a * fromX - b * fromY), b, a, toY - (b * fromX + a * fromY)];
  return matrix.every(Number.isFinite) && Math.hypot(a, b) > 0 ? matrix : undefined;
}
