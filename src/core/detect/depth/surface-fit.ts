// How far a surface measured by a depth camera departs from a plane: in total, and as a bulge.

export interface SurfaceShape {
  /** Root mean square difference from the least-squares plane: bulge, edges and noise together. */
  readonly deviation: number;
  /**
   * Root mean square difference of the least-squares quadratic surface from the plane: the bulge of a face without the camera's
   * noise, which few terms do not follow.
   */
  readonly bulge: number;
  /** Number of points used. */
  readonly count: number;
}

/** Fewer points do not determine a surface. */
const fewestPoints = 60;
/** 1, x, y; x², xy, y². */
const planeTerms = 3;
const terms = 6;

/**
 * Fits 1/depth, in 1/mm, over the used points `x, y, millimetres, …`: a plane in space is a plane in 1/depth too, and a Kinect's
 * error is the same everywhere. Undefined for fewer than 60 used points, or when they lie on few lines.
 */
export function fitSurface(
  points: readonly number[],
  isCounted: (millimetres: number) => boolean = () => true,
): SurfaceShape | undefined {
  const { toUnitX, toUnitY, first } = frameOf(points);
  const products = new Float64Array(terms * terms);
  const withDepth = new Float64Array(terms);
  const term = Float64Array.of(1, 0, 0, 0, 0, 0);
  let count = 0;
  let squares = 0;
  for (let i = 0; i < points.length; i += 3) {
    if (!isCounted(points[i + 2]!)) continue;
    const x = toUnitX(points[i]!);
    const y = toUnitY(points[i + 1]!);
    // In 1/m and relative to the first point, so that small differences are not lost in squares of large numbers.
    const z = 1000 / points[i + 2]! - 1000 / first;
    term[1] = x;
    term[2] = y;
    term[3] = x * x;
    term[4] = x * y;
    term[5] = y * y;
    for (let a = 0; a < terms; a++) {
      for (let b = 0; b <= a; b++) products[a * terms + b]! += term[a]! * term[b]!;
      withDepth[a]! += term[a]! * z;
    }
    squares += z * z;
    count++;
  }
  if (count < fewestPoints) return undefined;
  const explained = explainedSquares(products, withDepth, count);
  if (!explained) return undefined;
  const sum = (from: number, to: number) => explained.subarray(from, to).reduce((total, part) => total + part, 0);
  return {
    deviation: Math.sqrt(Math.max(0, squares - sum(0, planeTerms)) / count) / 1000,
    count,
    bulge: Math.sqrt(sum(planeTerms, terms) / count) / 1000,
  };
}

/** Coordinates from -1 to 1 over the points, so that all terms have the same size. */
function frameOf(points: readonly number[]) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 3) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const unit = (low: number, high: number) => (value: number) => (2 * (value - low)) / Math.max(1, high - low) - 1;
  return { toUnitX: unit(left, right), toUnitY: unit(top, bottom), first: points[2] ?? 1 };
}

/**
 * The sum of squares that each term explains beyond those before it: with the Cholesky factor L of the terms' products,
 * the squares of L⁻¹ times their products with the depth. Undefined when a term adds nothing to those before it.
 */
function explainedSquares(products: Float64Array, withDepth: Float64Array, count: number): Float64Array | undefined {
  const factor = new Float64Array(terms * terms);
  const solved = new Float64Array(terms);
  for (let a = 0; a < terms; a++) {
    for (let b = 0; b <= a; b++) {
      let rest = products[a * terms + b]!;
      for (let c = 0; c < b; c++) rest -= factor[a * terms + c]! * factor[b * terms + c]!;
      if (a === b && !(rest > 1e-6 * count)) return undefined;
      factor[a * terms + b] = a === b ? Math.sqrt(rest) : rest / factor[b * terms + b]!;
    }
    let rest = withDepth[a]!;
    for (let c = 0; c < a; c++) rest -= factor[a * terms + c]! * solved[c]!;
    solved[a] = rest / factor[a * terms + a]!;
  }
  return solved.map((value) => value * value);
}
