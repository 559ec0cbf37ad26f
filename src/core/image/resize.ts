// Resizing: area average when an axis shrinks, bilinear when it grows; pixel i covers [i, i + 1).
import type { GreyPicture, Picture } from './picture.js';

/** The source pixels and weights of every target pixel along one axis; weights of one pixel sum to 1. */
export interface AxisWeights {
  /** First source index per target pixel. */
  readonly first: Int32Array;
  /** `taps` weights per target pixel, zero-padded. */
  readonly weights: Float32Array;
  readonly taps: number;
}

/** The weights that take `from` pixels to `to` pixels. Throws RangeError unless both are positive integers. */
export function axisWeights(from: number, to: number): AxisWeights {
  requireSize('axisWeights', from, to);
  return to < from ? areaWeights(from, to) : bilinearWeights(from, to);
}

/** Resizes to `width` x `height` pixels; the result has the same channels. Throws RangeError for an empty size. */
export function resize(picture: GreyPicture, width: number, height: number): GreyPicture;
export function resize(picture: Picture, width: number, height: number): Picture;
export function resize(picture: Picture, width: number, height: number): Picture {
  requireSize('resize', width, height);
  requireSize('resize', picture.width, picture.height);
  const { channels } = picture;
  const out = new Uint8Array(width * height * channels);
  if (width === picture.width && height === picture.height) out.set(picture.data);
  else resample(picture, axisWeights(picture.width, width), axisWeights(picture.height, height), out);
  return { width, height, channels, data: out };
}

/** `resize` for grey pictures, with their type. */
export function resizeGrey(picture: GreyPicture, width: number, height: number): GreyPicture {
  return resize(picture, width, height);
}

/** Rows are weighted first, in memory order, into one row of floats; then the columns of that row. */
function resample(picture: Picture, columns: AxisWeights, rows: AxisWeights, out: Uint8Array): void {
  const { data, channels } = picture;
  const stride = picture.width * channels;
  const row = new Float32Array(stride);
  for (let y = 0, o = 0; y < rows.first.length; y++) {
    weightRows(data, stride, rows, y, row);
    o = weightColumns(row, channels, columns, out, o);
  }
}

/** Writes the weighted sum of the source rows of target row `y` into `row`. */
export function weightRows(
  data: Picture['data'],
  stride: number,
  rows: AxisWeights,
  y: number,
  row: Float32Array,
): void {
  const { taps, weights } = rows;
  const last = (rows.first[y]! + taps - 1) * stride;
  // Four rows at a time, since loading and storing the sums costs more than the arithmetic.
  for (let t = 0; t < taps; t += 4) {
    const w = y * taps + t;
    const w0 = weights[w]!;
    const w1 = t + 1 < taps ? weights[w + 1]! : 0;
    const w2 = t + 2 < taps ? weights[w + 2]! : 0;
    const w3 = t + 3 < taps ? weights[w + 3]! : 0;
    if (t > 0 && w0 === 0 && w1 === 0 && w2 === 0 && w3 === 0) continue;
    const r0 = (rows.first[y]! + t) * stride;
    const r1 = Math.min(last, r0 + stride);
    const r2 = Math.min(last, r1 + stride);
    const r3 = Math.min(last, r2 + stride);
    if (t === 0) {
      for (let i = 0; i < stride; i++) {
        row[i] = w0 * data[r0 + i]! + w1 * data[r1 + i]! + w2 * data[r2 + i]! + w3 * data[r3 + i]!;
      }
    } else {
      for (let i = 0; i < stride; i++) {
        row[i] = row[i]! + w0 * data[r0 + i]! + w1 * data[r1 + i]! + w2 * data[r2 + i]! + w3 * data[r3 + i]!;
      }
    }
  }
}

function weightColumns(
  row: Float32Array,
  channels: number,
  columns: AxisWeights,
  out: Uint8Array,
  start: number,
): number {
  const { first, weights, taps } = columns;
  let o = start;
  for (let x = 0; x < first.length; x++) {
    const from = first[x]! * channels;
    const w = x * taps;
    for (let c = 0; c < channels; c++) {
      let sum = 0.5;
      for (let t = 0, i = from + c; t < taps; t++, i += channels) {
        const weight = weights[w + t]!;
        if (weight !== 0) sum += weight * row[i]!;
      }
      out[o++] = sum; // stays inside 0.5..255.5, so truncation rounds
    }
  }
  return o;
}

function areaWeights(from: number, to: number): AxisWeights {
  const scale = from / to;
  const taps = Math.min(from, Math.ceil(scale) + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const begin = i * scale;
    const end = Math.min(from, begin + scale);
    const start = Math.min(Math.floor(begin), from - taps);
    first[i] = start;
    for (let t = 0; t < taps; t++) {
      const overlap = Math.min(end, start + t + 1) - Math.max(begin, start + t);
      weights[i * taps + t] = overlap > 1e-9 ? overlap / (end - begin) : 0;
    }
  }
  return { first, weights, taps };
}

function bilinearWeights(from: number, to: number): AxisWeights {
  const taps = Math.min(2, from);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const position = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const start = Math.min(Math.floor(position), from - taps);
    first[i] = start;
    weights[i * taps] = taps === 1 ? 1 : 1 - (position - start);
    if (taps === 2) weights[i * taps + 1] = position - start;
  }
  return { first, weights, taps };
}

function requireSize(where: string, width: number, height: number): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new RangeError(`${where}: a size must be whole and at least 1 x 1 pixels, found ${width} x ${height}`);
}
