// Bilinear resizing in fixed point, bit for bit OpenCV's INTER_LINEAR_EXACT: the same on every machine, as a cascade needs it.
import type { GreyPicture } from '../../image/picture.js';
import { roundHalfEven } from './round-half-even.js';

/** For each place of an axis: the source place before it, and the weight of the one after that in 1/256. */
interface Taps {
  readonly offset: Int32Array;
  readonly weight: Int32Array;
}

/** The picture at the size. Throws RangeError for a size below 1. */
export function resizeLinearExact(picture: GreyPicture, width: number, height: number): GreyPicture {
  if (!(width >= 1 && height >= 1))
    throw new RangeError(`resizeLinearExact: a size of 1 or more is needed, found ${width}x${height}`);
  if (width === picture.width && height === picture.height) return picture;
  const [columns, rows] = [tapsOf(picture.width, width), tapsOf(picture.height, height)];
  const data = new Uint8Array(width * height);
  // The two source rows in use, widened, at 8 bits after the point.
  let [upper, lower] = [new Int32Array(width), new Int32Array(width)];
  let [upperRow, lowerRow] = [-1, -1];
  for (let y = 0; y < height; y++) {
    const row = rows.offset[y]!;
    const weight = rows.weight[y]!;
    if (lowerRow === row) {
      [upper, lower, upperRow, lowerRow] = [lower, upper, lowerRow, upperRow];
    }
    if (upperRow !== row) {
      widen(picture, row, columns, upper);
      upperRow = row;
    }
    if (weight > 0 && lowerRow !== row + 1) {
      widen(picture, row + 1, columns, lower);
      lowerRow = row + 1;
    }
    const own = 256 - weight;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      data[at] = (own * upper[x]! + weight * lower[x]! + 32768) >> 16;
    }
  }
  return { width, height, channels: 1, data };
}

function widen({ data, width }: GreyPicture, row: number, { offset, weight }: Taps, out: Int32Array): void {
  const start = row * width;
  for (let x = 0; x < out.length; x++) {
    const at = start + offset[x]!;
    const share = weight[x]!;
    // The last place has no neighbour, and its weight is 0.
    out[x] = share === 0 ? data[at]! << 8 : (256 - share) * data[at]! + share * data[at + 1]!;
  }
}

function tapsOf(from: number, to: number): Taps {
  const scale = 1 / (to / from);
  const offset = new Int32Array(to);
  const weight = new Int32Array(to);
  for (let i = 0; i < to; i++) {
    const place = scale * (i + 0.5) - 0.5;
    const before = Math.floor(place);
    if (before >= from - 1) offset[i] = from - 1;
    else if (before >= 0) {
      offset[i] = before;
      weight[i] = roundHalfEven((place - before) * 256);
    }
  }
  return { offset, weight };
}
