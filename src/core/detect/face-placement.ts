// Where a face lies in a picture, as a similarity transform from a frame that fits FER2013's pictures.
//
// The frame is 1 x 1 with its centre at (0, 0): the edges of a FER2013 picture. The templates are where a detector's key points and
// boxes lie in FER2013's own pictures (medians, mirrored halves averaged; docs/experiments/face-crop.md, 'FER2013's geometry').

import type { Point } from '../image/picture.js';
import type { AffineMatrix } from '../image/warp-affine.js';
import type { Face, FaceKeypoints } from './face.js';
import { fitSimilarity } from './fit-similarity.js';

export interface FacePlacement {
  /** From frame coordinates to the picture's, whose pixel i covers [i, i + 1). */
  readonly toPicture: AffineMatrix;
  /** Height of the eyes in frame coordinates. */
  readonly eyeLine: number;
}

/** FER2013 pictures are 48 pixels wide and high. */
const FER_SIZE = 48;

/** Where a detector sees a face in a FER2013 picture, pixels from its left and top edge. */
interface Template {
  /** `weight`: how much the point counts in the fit. */
  readonly points: readonly { key: keyof FaceKeypoints; x: number; y: number; weight: number }[];
  /** The picture is this many times as wide as the box (mean of width and height), its centre this many above the box's. */
  readonly picturePerBox: number;
  readonly centreAboveBox: number;
}

/** Of MediaPipe's networks; the cascade's boxes are alike. */
const mediaPipeTemplate: Template = {
  points: [
    { key: 'rightEye', x: 15.09, y: 18.66, weight: 1 },
    { key: 'leftEye', x: 32.91, y: 18.66, weight: 1 },
    { key: 'mouth', x: 24, y: 36.82, weight: 1 },
    // The ears are far apart and stabilise the scale of turned faces, but they are found less exactly.
    { key: 'rightEar', x: 6.31, y: 21.81, weight: 0.3 },
    { key: 'leftEar', x: 41.69, y: 21.81, weight: 0.3 },
  ],
  picturePerBox: FER_SIZE / 42.82,
  centreAboveBox: 0.037,
};

/** Of detectors that learnt from annotated faces, which give no ears. */
const annotatedTemplate: Template = {
  points: [
    { key: 'rightEye', x: 15.11, y: 18.95, weight: 1 },
    { key: 'leftEye', x: 32.89, y: 18.95, weight: 1 },
    { key: 'mouth', x: 24, y: 37.81, weight: 1 },
  ],
  picturePerBox: 0.992,
  centreAboveBox: 0,
};

/** Ratio of the two sizes, by key points and by box, beyond which the key points are wrong, as for profiles and covered faces. */
const LARGEST_RATIO = 1.8;

/** Fits the frame to the face's key points by least squares, or to its box. Throws RangeError for a box without area. */
export function placeFace(face: Face): FacePlacement {
  const template = templateOf(face);
  const eyeLine = template.points[0]!.y / FER_SIZE - 0.5;
  return { toPicture: placeByPlausibleKeypoints(face, template) ?? placeByBox(face, template), eyeLine };
}

/**
 * The face's key points; where it has none, or they do not fit its box, those of an upright face in it, without the nose. Throws
 * RangeError for a box without area.
 */
export function keypointsOrUsual(face: Face): Partial<FaceKeypoints> {
  const template = templateOf(face);
  if (face.keypoints !== null && placeByPlausibleKeypoints(face, template) !== undefined) return face.keypoints;
  const [a, b, tx, c, d, ty] = placeByBox(face, template);
  return Object.fromEntries(
    mediaPipeTemplate.points.map(({ key, x, y }) => {
      const [u, v] = inFrame(x, y);
      return [key, [a * u + b * v + tx, c * u + d * v + ty]];
    }),
  );
}

function templateOf({ keypoints }: Face): Template {
  return keypoints !== null && keypoints.leftEar === undefined ? annotatedTemplate : mediaPipeTemplate;
}

/** Undefined without key points, and when they do not fit the box. */
function placeByPlausibleKeypoints(face: Face, template: Template): AffineMatrix | undefined {
  const [boxA, , , boxC] = placeByBox(face, template);
  const fromPoints = face.keypoints === null ? undefined : placeByKeypoints(face.keypoints, template);
  if (fromPoints === undefined) return undefined;
  const ratio = Math.hypot(fromPoints[0], fromPoints[3]) / Math.hypot(boxA, boxC);
  return ratio < LARGEST_RATIO && ratio > 1 / LARGEST_RATIO ? fromPoints : undefined;
}

function placeByBox({ box }: Face, { picturePerBox, centreAboveBox }: Template): AffineMatrix {
  const [x, y, width, height] = box;
  if (!(box.every(Number.isFinite) && width > 0 && height > 0)) {
    throw new RangeError(`placeFace: a face's box must be finite and have an area, found [${box.join(', ')}]`);
  }
  const side = (width + height) / 2;
  const frame = side * picturePerBox;
  return [frame, 0, x + width / 2, 0, frame, y + height / 2 - centreAboveBox * side];
}

/** The similarity that takes the template to the points. Undefined when they coincide. */
function placeByKeypoints(keypoints: FaceKeypoints, template: Template): AffineMatrix | undefined {
  return fitSimilarity(
    template.points.flatMap(({ key, x, y, weight }) => {
      const to = keypoints[key];
      return to === undefined ? [] : [{ from: inFrame(x, y), to, weight }];
    }),
  );
}

/** A place in FER2013's pixels in frame coordinates. */
function inFrame(x: number, y: number): Point {
  return [x / FER_SIZE - 0.5, y / FER_SIZE - 0.5];
}
