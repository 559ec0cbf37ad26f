// Crops faces as the models expect them: upright, in FER2013's framing, grey, without aliasing.

import { toGrey } from '../image/grey.js';
import type { GreyPicture, Picture } from '../image/picture.js';
import { warpAffine } from '../image/warp-affine.js';
import { type CropSize, cutView, type View } from './cut-view.js';
import type { Face } from './face.js';
import { type FacePlacement, placeFace } from './face-placement.js';

export type { CropSize } from './cut-view.js';

/** The whole frame, as FER2013's pictures show faces. */
const EXPRESSION_VIEW: View = { left: -0.5, top: -0.5, width: 1, height: 1 };

/** Width of the identity crop, and how far down it the eyes lie: from above the brows to the chin, little hair and background. */
const IDENTITY_WIDTH = 0.88;
const IDENTITY_EYE_HEIGHT = 0.36;

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
  const { part, matrix, samplesPerAxis } = cutView(picture, toPicture, view, size);
  return warpAffine(toGrey(part), matrix, size.width, size.height, { samplesPerAxis });
}
