// Gaussian blur, as caused by a lens out of focus or a moving head.
import type { GreyPicture } from './picture.js';

/** Weights beyond this many standard deviations change no grey level. */
const REACH = 4;

/** Blurs with a Gaussian of standard deviation `sigma`, in pixels; the border repeats outside; 0 changes nothing. Throws RangeError for a sigma that is negative or above 100. */
export function gaussianBlur(grey: GreyPicture, sigma: number): GreyPicture {
  if (!(sigma >= 0 && sigma <= 100)) {
    throw new RangeError(`gaussianBlur: sigma must be in 0..100 pixels, found ${sigma}`);
  }
  const { width, height, data } = grey;
  if (sigma === 0) return { width, height, channels: 1, data: data.slice() };
  return { width, height, channels: 1, data: Uint8Array.from(blurValues(data, width, height, sigma), Math.round) };
}

/** The same blur for floating-point values, row by row, without rounding; `sigma` above 0. */
export function blurValues(values: ArrayLike<number>, width: number, height: number, sigma: number): Float64Array {
  const kernel = gaussianKernel(sigma, Math.floor(REACH * sigma + 0.5));
  const rows = new Float64Array(values.length);
  for (let y = 0; y < height; y++) convolveLine(values, rows, kernel, { start: y * width, step: 1, length: width });
  const out = new Float64Array(values.length);
  for (let x = 0; x < width; x++) convolveLine(rows, out, kernel, { start: x, step: width, length: height });
  return out;
}

/** Weights from the centre outwards, `radius + 1` of them; with the mirrored other side they add up to 1. */
export function gaussianKernel(sigma: number, radius: number): Float64Array {
  const half = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const sum = half.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  return half.map((weight) => weight / sum);
}

/** One row or column of a picture. */
interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

function convolveLine(from: ArrayLike<number>, to: Float64Array, kernel: Float64Array, line: Line): void {
  const { start, step, length } = line;
  const last = length - 1;
  for (let i = 0; i < length; i++) {
    let sum = kernel[0]! * from[start + i * step]!;
    for (let k = 1; k < kernel.length; k++) {
      const before = from[start + Math.max(0, i - k) * step]!;
      const after = from[start + Math.min(last, i + k) * step]!;
      sum += kernel[k]! * (before + after);
    }
    to[start + i * step] = sum;
  }
}
