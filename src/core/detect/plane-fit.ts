// How far points of a depth picture lie from one plane.

/** Fewer points say nothing of a surface. */
const fewestPoints = 60;

/**
 * Root mean square difference in 1/mm between 1/depth and its least-squares plane, of the points `x, y, millimetres, …`
 * that count. A plane in space is a plane in 1/depth over the picture, and a Kinect's error is the same everywhere in it.
 * Undefined when fewer than 60 points count, or all of them lie on one line.
 */
export function deviationFromPlane(
  points: readonly number[],
  isCounted: (millimetres: number) => boolean = () => true,
): number | undefined {
  // About the first point, in 1/m: sums of squares of large numbers would lose the small differences.
  const [originX = 0, originY = 0, originMm = 1] = points;
  let [n, sx, sy, sz, sxx, sxy, syy, sxz, syz, szz] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < points.length; i += 3) {
    if (!isCounted(points[i + 2]!)) continue;
    const x = points[i]! - originX;
    const y = points[i + 1]! - originY;
    const z = 1000 / points[i + 2]! - 1000 / originMm;
    n++;
    sx += x;
    sy += y;
    sz += z;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
    sxz += x * z;
    syz += y * z;
    szz += z * z;
  }
  if (n < fewestPoints) return undefined;
  // Central moments; the plane's slopes solve a 2 x 2 system.
  const xx = sxx - (sx * sx) / n;
  const xy = sxy - (sx * sy) / n;
  const yy = syy - (sy * sy) / n;
  const xz = sxz - (sx * sz) / n;
  const yz = syz - (sy * sz) / n;
  const zz = szz - (sz * sz) / n;
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-6 * xx * yy)) return undefined;
  const slopeX = (xz * yy - yz * xy) / determinant;
  const slopeY = (yz * xx - xz * xy) / determinant;
  return Math.sqrt(Math.max(0, zz - slopeX * xz - slopeY * yz) / n) / 1000;
}
