// How what a face's own coordinates frame is cut out of a picture: turned upright, without aliasing.
import { crop } from '../image/crop.js';
import type { Picture } from '../image/picture.js';
import type { AffineMatrix } from '../image/warp-affine.js';

export interface CropSize {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of the coordinates that a matrix takes to the picture's. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** More samples per axis make no visible difference, since each one blends four pixels. */
const maxSamples = 8;

/** What a warp needs to cut a view out of a picture. */
export interface ViewCut {
  /** The part of the picture that is read. */
  readonly part: Picture;
  /** From the view's pixels to the part's. */
  readonly matrix: AffineMatrix;
  readonly samplesPerAxis: number;
}

/**
 * The cut that gives the view as a picture of `size`; `toPicture` takes its coordinates to the picture's, whose pixel i covers
 * [i, i + 1). Throws RangeError for a size below 1 x 1.
 */
export function cutView(picture: Picture, toPicture: AffineMatrix, view: View, size: CropSize): ViewCut {
  const { width, height } = size;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`cutView: the size must be at least 1 x 1 whole pixels, found ${width} x ${height}`);
  }
  const [a, b, tx, c, d, ty] = toPicture;
  const stepX = view.width / width;
  const stepY = view.height / height;
  // Pixel centres lie half a pixel inside their edges, in the view and in the picture.
  const startX = view.left + stepX / 2;
  const startY = view.top + stepY / 2;
  const matrix: AffineMatrix = [
    a * stepX,
    b * stepY,
    a * startX + b * startY + tx - 0.5,
    c * stepX,
    d * stepY,
    c * startX + d * startY + ty - 0.5,
  ];
  const shrink = Math.max(Math.hypot(matrix[0], matrix[3]), Math.hypot(matrix[1], matrix[4]));
  const samplesPerAxis = Math.min(maxSamples, Math.max(1, Math.ceil(shrink)));
  return { ...readPart(picture, matrix, size), samplesPerAxis };
}

/** The part of the picture that the warp reads, and the matrix into it. */
function readPart(
  picture: Picture,
  [a, b, tx, c, d, ty]: AffineMatrix,
  { width, height }: CropSize,
): Pick<ViewCut, 'part' | 'matrix'> {
  const xs = [0, a * width, b * height, a * width + b * height].map((x) => x + tx);
  const ys = [0, c * width, d * height, c * width + d * height].map((y) => y + ty);
  const reach = Math.max(Math.hypot(a, c), Math.hypot(b, d)) + 1;
  const [left, right] = span(xs, reach, picture.width);
  const [top, bottom] = span(ys, reach, picture.height);
  return {
    part: crop(picture, [left, top, right - left, bottom - top]),
    matrix: [a, b, tx - left, c, d, ty - top],
  };
}

/** The whole pixels around the values, at least one, inside 0..size. */
function span(values: readonly number[], reach: number, size: number): [from: number, to: number] {
  const inside = (value: number) => Math.min(size - 1, Math.max(0, value));
  return [inside(Math.floor(Math.min(...values) - reach)), inside(Math.ceil(Math.max(...values) + reach)) + 1];
}
