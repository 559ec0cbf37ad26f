// What JPEG's compression does to a picture: colour difference, half its resolution, and rounding of each block's cosines. The coding of
// the rounded numbers changes no pixel and is left out.

/** Annex K of the standard (ITU-T T.81), at quality 50, row by row. */
// biome-ignore format: eight columns
const luminanceTable = [
  16, 11, 10, 16,  24,  40,  51,  61,
  12, 12, 14, 19,  26,  58,  60,  55,
  14, 13, 16, 24,  40,  57,  69,  56,
  14, 17, 22, 29,  51,  87,  80,  62,
  18, 22, 37, 56,  68, 109, 103,  77,
  24, 35, 55, 64,  81, 104, 113,  92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103,  99,
];
// biome-ignore format: eight columns
const chrominanceTable = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
];

/** From this quality on colour keeps its resolution, as most programs write it. */
const fullColourFrom = 90;

/**
 * Gives the planes, red, green and blue of `side` x `side`, the values that a JPEG file of `quality` 1..100 would give back. Throws RangeError
 * when `side` is no multiple of 16.
 */
export function distortJpeg(planes: readonly Uint8Array[], side: number, quality: number): void {
  if (side % 16 !== 0) throw new RangeError(`distortJpeg: side must be a multiple of 16, found ${side}`);
  const [red, green, blue] = planes as [Uint8Array, Uint8Array, Uint8Array];
  const area = side * side;
  const luminance = new Uint8ClampedArray(area);
  const isGrey = areEqual(red, green) && areEqual(red, blue);
  if (isGrey) {
    luminance.set(red);
    roundBlocks(luminance, side, scaleTable(luminanceTable, quality));
    for (const plane of planes) plane.set(luminance);
    return;
  }
  const [blueness, redness] = [new Uint8ClampedArray(area), new Uint8ClampedArray(area)];
  for (let i = 0; i < area; i++) {
    const [r, g, b] = [red[i]!, green[i]!, blue[i]!];
    luminance[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    blueness[i] = -0.168735892 * r - 0.331264108 * g + 0.5 * b + 128;
    redness[i] = 0.5 * r - 0.418687589 * g - 0.081312411 * b + 128;
  }
  roundBlocks(luminance, side, scaleTable(luminanceTable, quality));
  const table = scaleTable(chrominanceTable, quality);
  const [differenceBlue, differenceRed] = [blueness, redness].map((plane) => {
    if (quality >= fullColourFrom) {
      roundBlocks(plane, side, table);
      return plane;
    }
    const halved = halve(plane, side);
    roundBlocks(halved, side / 2, table);
    return double(halved, side / 2);
  }) as [Uint8ClampedArray, Uint8ClampedArray];
  for (let i = 0; i < area; i++) {
    const [y, b, r] = [luminance[i]!, differenceBlue[i]! - 128, differenceRed[i]! - 128];
    red[i] = toLevel(y + 1.402 * r);
    green[i] = toLevel(y - 0.344136286 * b - 0.714136286 * r);
    blue[i] = toLevel(y + 1.772 * b);
  }
}

function toLevel(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** By the rule of the Independent JPEG Group, which nearly all programs follow. */
function scaleTable(table: readonly number[], quality: number): number[] {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return table.map((step) => Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))));
}

/** Means of 2 x 2. */
function halve(plane: Uint8ClampedArray, side: number): Uint8ClampedArray {
  const half = side / 2;
  const out = new Uint8ClampedArray(half * half);
  for (let y = 0, o = 0; y < half; y++) {
    for (let x = 0, i = 2 * y * side; x < half; x++, o++, i += 2) {
      // Up and down in turn, so that rounding changes no mean.
      out[o] = (plane[i]! + plane[i + 1]! + plane[i + side]! + plane[i + side + 1]! + 1 + (x & 1)) >> 2;
    }
  }
  return out;
}

/** Twice the side, each value from the four nearest: 9, 3, 3 and 1 sixteenths. */
function double(plane: Uint8ClampedArray, side: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(4 * plane.length);
  const sums = new Uint16Array(side);
  for (let y = 0, o = 0; y < 2 * side; y++) {
    const near = (y >> 1) * side;
    const far = Math.min(side - 1, Math.max(0, (y >> 1) + (y % 2 === 0 ? -1 : 1))) * side;
    for (let x = 0; x < side; x++) sums[x] = 3 * plane[near + x]! + plane[far + x]!;
    for (let x = 0; x < side; x++) {
      const own = 3 * sums[x]!;
      out[o++] = (own + sums[x === 0 ? 0 : x - 1]! + 8) >> 4;
      out[o++] = (own + sums[x === side - 1 ? x : x + 1]! + 7) >> 4;
    }
  }
  return out;
}

/** Scale factors of the cosines in the fast transform of Arai, Agui and Nakajima: 1, then the square root of 2 times cos(k pi / 16). */
const aan = Array.from({ length: 8 }, (_, k) => (k === 0 ? 1 : Math.SQRT2 * Math.cos((k * Math.PI) / 16)));

const [cos2, cos6] = [Math.cos(Math.PI / 8), Math.cos((3 * Math.PI) / 8)];

/** Rounds the cosines of each block of 8 x 8 to multiples of the table's steps. */
function roundBlocks(plane: Uint8ClampedArray, side: number, table: readonly number[]): void {
  const divisors = Float64Array.from(table, (step, i) => 1 / (step * aan[i >> 3]! * aan[i & 7]! * 8));
  const factors = Float64Array.from(table, (step, i) => (step * aan[i >> 3]! * aan[i & 7]!) / 8);
  const block = new Float64Array(64);
  for (let top = 0; top < side; top += 8) {
    for (let left = 0; left < side; left += 8) {
      for (let y = 0, k = 0; y < 8; y++) {
        for (let i = (top + y) * side + left, end = i + 8; i < end; i++, k++) block[k] = plane[i]! - 128;
      }
      for (let y = 0; y < 64; y += 8) toCosines(block, y, 1);
      for (let x = 0; x < 8; x++) toCosines(block, x, 8);
      let isFlat = true;
      for (let k = 0; k < 64; k++) {
        const value = Math.round(block[k]! * divisors[k]!);
        if (k > 0 && value !== 0) isFlat = false;
        block[k] = value * factors[k]!;
      }
      if (isFlat) block.fill(block[0]!);
      else {
        for (let x = 0; x < 8; x++) fromCosines(block, x, 8);
        for (let y = 0; y < 64; y += 8) fromCosines(block, y, 1);
      }
      for (let y = 0, k = 0; y < 8; y++) {
        for (let i = (top + y) * side + left, end = i + 8; i < end; i++, k++) plane[i] = block[k]! + 128;
      }
    }
  }
}

/** One row or column, `step` apart, in place; scaled as `aan` tells. */
function toCosines(v: Float64Array, at: number, step: number): void {
  const [i1, i2, i3] = [at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const s0 = v[at]! + v[i7]!;
  const d0 = v[at]! - v[i7]!;
  const s1 = v[i1]! + v[i6]!;
  const d1 = v[i1]! - v[i6]!;
  const s2 = v[i2]! + v[i5]!;
  const d2 = v[i2]! - v[i5]!;
  const s3 = v[i3]! + v[i4]!;
  const d3 = v[i3]! - v[i4]!;
  const even0 = s0 + s3;
  const even3 = s0 - s3;
  const even1 = s1 + s2;
  const even2 = (s1 - s2 + even3) * Math.SQRT1_2;
  v[at] = even0 + even1;
  v[i4] = even0 - even1;
  v[i2] = even3 + even2;
  v[i6] = even3 - even2;
  const odd0 = d3 + d2;
  const odd1 = (d2 + d1) * Math.SQRT1_2;
  const odd2 = d1 + d0;
  const turn = (odd0 - odd2) * cos6;
  const z2 = (cos2 - cos6) * odd0 + turn;
  const z4 = (cos2 + cos6) * odd2 + turn;
  const z11 = d0 + odd1;
  const z13 = d0 - odd1;
  v[i5] = z13 + z2;
  v[i3] = z13 - z2;
  v[i1] = z11 + z4;
  v[i7] = z11 - z4;
}

/** Undoes `toCosines`, for values that are scaled the other way. */
function fromCosines(v: Float64Array, at: number, step: number): void {
  const [i1, i2, i3] = [at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const even0 = v[at]! + v[i4]!;
  const even1 = v[at]! - v[i4]!;
  const even3 = v[i2]! + v[i6]!;
  const even2 = (v[i2]! - v[i6]!) * Math.SQRT2 - even3;
  const s0 = even0 + even3;
  const s3 = even0 - even3;
  const s1 = even1 + even2;
  const s2 = even1 - even2;
  const z13 = v[i5]! + v[i3]!;
  const z10 = v[i5]! - v[i3]!;
  const z11 = v[i1]! + v[i7]!;
  const z12 = v[i1]! - v[i7]!;
  const d0 = z11 + z13;
  const turn = (z10 + z12) * 2 * cos2;
  const d1 = turn - z10 * 2 * (cos2 + cos6) - d0;
  const d2 = (z11 - z13) * Math.SQRT2 - d1;
  const d3 = turn - z12 * 2 * (cos2 - cos6) - d2;
  v[at] = s0 + d0;
  v[i7] = s0 - d0;
  v[i1] = s1 + d1;
  v[i6] = s1 - d1;
  v[i2] = s2 + d2;
  v[i5] = s2 - d2;
  v[i3] = s3 + d3;
  v[i4] = s3 - d3;
}
