// Extended local binary patterns bit-identical to OpenCV 4.6's face module (Ahonen et al., 2004).
import type { GreyPicture } from '../image/picture.js';

const { fround } = Math;
// C's FLT_EPSILON: neighbours this close to the centre count as equal to it.
const floatEpsilon = 2 ** -23;

/** One neighbour on the circle: bilinear over four pixels, offsets relative to the centre. */
interface Sample {
  /** The offset of the pixel when one has all the weight; comparing that pixel is then exact. */
  readonly only: readonly [dx: number, dy: number] | undefined;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly weights: readonly [number, number, number, number];
}

/**
 * The pattern of every pixel that lies at least `radius` from the border, row by row: bit n is set when neighbour n
 * (of `neighbors` on the circle, counter-clockwise from the right) is not darker than the centre.
 * The picture must be larger than 2 x radius on both sides.
 */
export function localBinaryPatterns(picture: GreyPicture, radius: number, neighbors: number): Int32Array {
  const { width, height, data } = picture;
  const columns = width - 2 * radius;
  const rows = height - 2 * radius;
  const patterns = new Int32Array(columns * rows);
  for (let n = 0; n < neighbors; n++) {
    const sample = sampleAt(n, radius, neighbors);
    const at = (dx: number, dy: number): number => dy * width + dx;
    if (sample.only) {
      addWholePixel(patterns, data, width, columns, radius, at(...sample.only), 1 << n);
      continue;
    }
    const { left, right, top, bottom, weights } = sample;
    const offsets = [at(left, top), at(right, top), at(left, bottom), at(right, bottom)] as const;
    addInterpolated(patterns, data, width, columns, radius, offsets, weights, 1 << n);
  }
  return patterns;
}

/** Rounds to 32 bits in the same places as OpenCV. */
function sampleAt(n: number, radius: number, neighbors: number): Sample {
  const angleRad = (2 * Math.PI * n) / neighbors;
  const x = fround(radius * Math.cos(angleRad));
  const y = fround(-radius * Math.sin(angleRad));
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = Math.ceil(x);
  const bottom = Math.ceil(y);
  const tx = fround(x - left);
  const ty = fround(y - top);
  const weights = [
    fround(fround(1 - tx) * fround(1 - ty)),
    fround(tx * fround(1 - ty)),
    fround(fround(1 - tx) * ty),
    fround(tx * ty),
  ] as const;
  // On the axes rounding leaves about 1e-16 of weight elsewhere: too little to change a comparison with the centre.
  const whole = weights.indexOf(1);
  const rest = weights.reduce((sum, weight, i) => (i === whole ? sum : sum + weight), 0);
  const only = whole >= 0 && rest < 1e-12 ? ([whole & 1 ? right : left, whole & 2 ? bottom : top] as const) : undefined;
  return { only, left, right, top, bottom, weights };
}

function addWholePixel(
  patterns: Int32Array,
  data: GreyPicture['data'],
  width: number,
  columns: number,
  radius: number,
  offset: number,
  bit: number,
): void {
  for (let o = 0, row = radius * width + radius; o < patterns.length; row += width) {
    for (let i = row, end = row + columns; i < end; i++, o++) {
      if (data[i + offset]! >= data[i]!) patterns[o] = patterns[o]! | bit;
    }
  }
}

function addInterpolated(
  patterns: Int32Array,
  data: GreyPicture['data'],
  width: number,
  columns: number,
  radius: number,
  offsets: readonly [number, number, number, number],
  weights: readonly [number, number, number, number],
  bit: number,
): void {
  const [o1, o2, o3, o4] = offsets;
  const [w1, w2, w3, w4] = weights;
  for (let o = 0, row = radius * width + radius; o < patterns.length; row += width) {
    for (let i = row, end = row + columns; i < end; i++, o++) {
      const upper = fround(fround(w1 * data[i + o1]!) + fround(w2 * data[i + o2]!));
      const value = fround(fround(upper + fround(w3 * data[i + o3]!)) + fround(w4 * data[i + o4]!));
      const centre = data[i]!;
      // The distance to the centre may be taken in 64 bits: it is exact where it is small.
      if (value > centre || Math.abs(value - centre) < floatEpsilon) patterns[o] = patterns[o]! | bit;
    }
  }
}
