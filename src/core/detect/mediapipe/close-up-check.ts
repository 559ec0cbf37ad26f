// The second check: the short range network's score of a detection, from a close-up of its place.
import { crop } from '../../image/crop.js';
import type { Box, Picture } from '../../image/picture.js';
import type { Face } from '../face.js';
import { boxOverlap } from '../non-maximum-suppression.js';
import type { FaceNetwork } from './face-network.js';
import { moveFace } from './picture-parts.js';

/** Side of the close-up, in box widths. */
const CLOSE_UP_SIDE = 2;
/** Least overlap (intersection over union) of the two networks' boxes. */
export const SAME_FACE = 0.3;

/** The face with the mean of its score and the short range network's. */
export async function judge(shortRange: FaceNetwork, picture: Picture, face: Face): Promise<Face> {
  const same = await detectInCloseUp(shortRange, picture, face.box);
  return { ...face, score: (face.score + (same?.score ?? 0)) / 2 };
}

/** The short range network's detection of the same face in a close-up of the box; undefined when it finds none there. */
export async function detectInCloseUp(
  shortRange: FaceNetwork,
  picture: Picture,
  [x, y, width, height]: Box,
): Promise<Face | undefined> {
  const reach = (CLOSE_UP_SIDE * Math.max(width, height)) / 2;
  const [left, right] = spanAround(x + width / 2, reach, picture.width);
  const [top, bottom] = spanAround(y + height / 2, reach, picture.height);
  const seen = await shortRange.detect(crop(picture, [left, top, right - left, bottom - top]), 0.1);
  const expected: Box = [x - left, y - top, width, height];
  const same = seen.find(({ box }) => boxOverlap(box, expected) > SAME_FACE);
  return same && moveFace(same, [left, top]);
}

/** The whole pixels of 0..size within `reach` of `centre`, at least one. */
function spanAround(centre: number, reach: number, size: number): [from: number, to: number] {
  const from = Math.min(size - 1, Math.max(0, Math.round(centre - reach)));
  return [from, Math.min(size, Math.max(from + 1, Math.round(centre + reach)))];
}
