// Cuts faces out as an embedding's network was trained on them: in colour, upright, eyes, nose and mouth at fixed places.
import type { Picture, Point } from '../image/picture.js';
import { warpAffine } from '../image/warp-affine.js';
import { type CropSize, cutView } from './cut-view.js';
import type { Face } from './face.js';
import { keypointsOrUsual } from './face-placement.js';
import { fitSimilarity } from './fit-similarity.js';

/** The size of a chip, and where it shows the key points of an upright face, pixels from its left and upper edge. */
export interface ChipForm extends CropSize {
  readonly places: Readonly<Record<ChipPoint, Point>>;
}

const chipPoints = ['rightEye', 'leftEye', 'nose', 'mouth'] as const;
type ChipPoint = (typeof chipPoints)[number];

/**
 * The face's chip with the picture's channels, cut by the similarity that brings its key points nearest to their places; by its
 * box where they are missing or do not fit it. The border repeats outside the picture. Throws RangeError for a face without area.
 */
export function faceChip(picture: Picture, face: Face, { width, height, places }: ChipForm): Picture {
  const keypoints = keypointsOrUsual(face);
  const pairs = chipPoints.flatMap((name) => {
    const to = keypoints[name];
    return to === undefined ? [] : [{ from: places[name], to, weight: 1 }];
  });
  const toPicture = fitSimilarity(pairs);
  if (toPicture === undefined) throw new RangeError('faceChip: the key points and their places must not coincide');
  const size = { width, height };
  const { part, matrix, samplesPerAxis } = cutView(picture, toPicture, { left: 0, top: 0, ...size }, size);
  return warpAffine(part, matrix, width, height, { samplesPerAxis });
}
