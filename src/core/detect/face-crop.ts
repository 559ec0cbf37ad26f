// Crops faces as the models expect them: upright, in FER2013's framing, grey, without aliasing.

import { crop } from '../image/crop.js';
import { toGrey } from '../image/grey.js';
import type { GreyPicture, Picture } from '../image/picture.js';
import { type AffineMatrix, warpAffine } from '../image/warp-affine.js';
import type { Face } from './face.js';
import { type FacePlacement, placeFace } from './face-placement.js';

export interface CropSize {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of the face's own coordinates (face-placement.ts), which the crop shows. */
interface View {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The whole frame, as FER2013's pictures show faces. */
const EXPRESSION_VIEW: View = { left: -0.5, top: -0.5, width: 1, height: 1 };

/** Width of the identity crop, and how far down it the eyes lie: from above the brows to the chin, little hair and background. */
const IDENTITY_WIDTH = 0.88;
const IDENTITY_EYE_HEIGHT = 0.36;

/** More samples per axis make no visible difference, since each one blends four pixels. */
const MAX_SAMPLES = 8;

/**
 * The grey crop that the expression model expects: turned upright by the eyes and framed as FER2013 frames faces; from the
 * box alone when there are no key points. The border repeats outside the picture. Throws RangeError for a face without area.
 */
export function cropFace(picture: Picture, face: Face, size: CropSize): GreyPicture {
  return sampleView(picture, placeFace(face), EXPRESSION_VIEW, size);
}

/**
 * The grey crop for identity: tighter than `cropFace`, upright, never stretched, with the eyes 36 % down. Throws RangeError
 * for a face without area.
 */
export function alignedFace(picture: Picture, face: Face, size: CropSize): GreyPicture {
  const placement = placeFace(face);
  const height = (IDENTITY_WIDTH * size.height) / size.width;
  const top = placement.eyeLine - IDENTITY_EYE_HEIGHT * height;
  return sampleView(picture, placement, { left: -IDENTITY_WIDTH / 2, top, width: IDENTITY_WIDTH, height }, size);
}

function sampleView(picture: Picture, { toPicture }: FacePlacement, view: View, size: CropSize): GreyPicture {
  const { width, height } = size;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`cropFace: the size must be at least 1 x 1 whole pixels, found ${width} x ${height}`);
  }
  const [a, b, tx, c, d, ty] = toPicture;
  const stepX = view.width / width;
  const stepY = view.height / height;
  // Pixel centres lie half a pixel inside their edges, in the crop and in the picture.
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
  const samplesPerAxis = Math.min(MAX_SAMPLES, Math.max(1, Math.ceil(shrink)));
  return warpGrey(picture, matrix, width, height, samplesPerAxis);
}

/** The grey version of only that part of the picture that the warp reads. */
function warpGrey(
  picture: Picture,
  matrix: AffineMatrix,
  width: number,
  height: number,
  samplesPerAxis: number,
): GreyPicture {
  const [a, b, tx, c, d, ty] = matrix;
  const xs = [0, a * width, b * height, a * width + b * height].map((x) => x + tx);
  const ys = [0, c * width, d * height, c * width + d * height].map((y) => y + ty);
  const reach = Math.max(Math.hypot(a, c), Math.hypot(b, d)) + 1;
  const [left, right] = span(xs, reach, picture.width);
  const [top, bottom] = span(ys, reach, picture.height);
  const part = toGrey(crop(picture, [left, top, right - left, bottom - top]));
  return warpAffine(part, [a, b, tx - left, c, d, ty - top], width, height, { samplesPerAxis });
}

/** The whole pixels around the values, at least one, inside 0..size. */
function span(values: readonly number[], reach: number, size: number): [from: number, to: number] {
  const inside = (value: number) => Math.min(size - 1, Math.max(0, value));
  return [inside(Math.floor(Math.min(...values) - reach)), inside(Math.ceil(Math.max(...values) + reach)) + 1];
}
