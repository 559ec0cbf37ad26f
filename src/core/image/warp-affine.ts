// Affine warp: every target pixel is looked up bilinearly in the source; outside, the border repeats.
import type { GreyPicture, Picture } from './picture.js';

/**
 * `[a, b, tx, c, d, ty]`, target to source: `xs = a x + b y + tx`, `ys = c x + d y + ty`. Integer coordinates are pixel
 * centres, as in OpenCV's warpAffine with WARP_INVERSE_MAP.
 */
export type AffineMatrix = readonly [a: number, b: number, tx: number, c: number, d: number, ty: number];

export interface WarpOptions {
  /** Look-ups per axis and target pixel, averaged; more than 1 keeps a shrinking warp free of aliasing. Default 1. */
  readonly samplesPerAxis?: number;
}

/** Warps `picture` into `width` x `height` pixels. Throws RangeError for an empty size or a matrix that is not finite. */
export function warpAffine(
  picture: GreyPicture,
  matrix: AffineMatrix,
  width: number,
  height: number,
  options?: WarpOptions,
): GreyPicture;
export function warpAffine(
  picture: Picture,
  matrix: AffineMatrix,
  width: number,
  height: number,
  options?: WarpOptions,
): Picture;
export function warpAffine(
  picture: Picture,
  matrix: AffineMatrix,
  width: number,
  height: number,
  options: WarpOptions = {},
): Picture {
  const samples = options.samplesPerAxis ?? 1;
  requireArguments(picture, matrix, width, height, samples);
  const { channels } = picture;
  const [a, b, , c, d] = matrix;
  // The first look-up of a target pixel lies half a pixel less half a sampling step up and left of its centre.
  const shift = 0.5 / samples - 0.5;
  const tx = matrix[2] + (a + b) * shift;
  const ty = matrix[5] + (c + d) * shift;
  const step = 1 / samples;
  const share = step * step;
  const out = new Uint8Array(width * height * channels);
  const sums = new Float64Array(channels);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += channels) {
      sums.fill(0.5);
      for (let j = 0; j < samples; j++) {
        const v = y + j * step;
        for (let i = 0; i < samples; i++) {
          const u = x + i * step;
          addBilinear(picture, a * u + b * v + tx, c * u + d * v + ty, share, sums);
        }
      }
      for (let k = 0; k < channels; k++) out[o + k] = sums[k]!;
    }
  }
  return { width, height, channels, data: out };
}

/** Adds `share` times the picture's value at (x, y) to `sums`. */
function addBilinear(picture: Picture, x: number, y: number, share: number, sums: Float64Array): void {
  const { data, channels, width } = picture;
  const lastX = width - 1;
  const lastY = picture.height - 1;
  const px = Math.min(lastX, Math.max(0, x));
  const py = Math.min(lastY, Math.max(0, y));
  const x0 = px | 0;
  const y0 = py | 0;
  const fx = px - x0;
  const fy = py - y0;
  const right = x0 < lastX ? channels : 0;
  const down = y0 < lastY ? width * channels : 0;
  let i = (y0 * width + x0) * channels;
  for (let k = 0; k < channels; k++, i++) {
    const upper = data[i]! * (1 - fx) + data[i + right]! * fx;
    const lower = data[i + down]! * (1 - fx) + data[i + down + right]! * fx;
    sums[k] = sums[k]! + share * (upper + (lower - upper) * fy);
  }
}

function requireArguments(
  picture: Picture,
  matrix: AffineMatrix,
  width: number,
  height: number,
  samples: number,
): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`warpAffine: the target must be at least 1 x 1 whole pixels, found ${width} x ${height}`);
  }
  if (!(picture.width > 0 && picture.height > 0))
    throw new RangeError('warpAffine: the source picture must not be empty');
  if (!matrix.every(Number.isFinite))
    throw new RangeError(`warpAffine: the matrix must be finite, found [${matrix.join(', ')}]`);
  if (!(Number.isInteger(samples) && samples >= 1)) {
    throw new RangeError(`warpAffine: samplesPerAxis must be a whole number of at least 1, found ${samples}`);
  }
}
