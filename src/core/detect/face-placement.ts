// Where a face lies in a picture, as a similarity transform from a frame that fits FER2013's pictures.
//
// The frame is 1 x 1 with its centre at (0, 0): the edges of a FER2013 picture. The template below is where the detector's key
// points lie in FER2013's own pictures (median over 3,787 of them, mirrored halves averaged;
// docs/experiments/face-crop.md, 'FER2013's geometry').

import type { Point } from '../image/picture.js';
import type { AffineMatrix } from '../image/warp-affine.js';
import type { Face, FaceKeypoints } from './face.js';

export interface FacePlacement {
  /** From frame coordinates to the picture's, whose pixel i covers [i, i + 1). */
  readonly toPicture: AffineMatrix;
  /** Height of the eyes in frame coordinates. */
  readonly eyeLine: number;
}

/** FER2013 pictures are 48 pixels wide and high. */
const FER_SIZE = 48;

/** Pixels from the left and top edge of a FER2013 picture, and how much each point counts in the fit. */
const template: readonly { key: keyof FaceKeypoints; x: number; y: number; weight: number }[] = [
  { key: 'rightEye', x: 15.09, y: 18.66, weight: 1 },
  { key: 'leftEye', x: 32.91, y: 18.66, weight: 1 },
  { key: 'mouth', x: 24, y: 36.82, weight: 1 },
  // The ears are far apart and stabilise the scale of turned faces, but they are found less exactly.
  { key: 'rightEar', x: 6.31, y: 21.81, weight: 0.3 },
  { key: 'leftEar', x: 41.69, y: 21.81, weight: 0.3 },
];

const EYE_LINE = 18.66 / FER_SIZE - 0.5;

/** The detector's box in the frame: the frame is this many box widths wide, its centre this many above the box's. */
const FRAME_PER_BOX = FER_SIZE / 42.82;
const CENTRE_ABOVE_BOX = 0.037;

/** Ratio of the two sizes, by key points and by box, beyond which the key points are wrong, as for profiles and covered faces. */
const LARGEST_RATIO = 1.8;

/** Fits the frame to the face's key points by least squares, or to its box. Throws RangeError for a box without area. */
export function placeFace(face: Face): FacePlacement {
  const fromBox = placeByBox(face);
  const fromPoints = face.keypoints === null ? undefined : placeByKeypoints(face.keypoints);
  if (fromPoints === undefined) return { toPicture: fromBox, eyeLine: EYE_LINE };
  const ratio = Math.hypot(fromPoints[0], fromPoints[3]) / Math.hypot(fromBox[0], fromBox[3]);
  const plausible = ratio < LARGEST_RATIO && ratio > 1 / LARGEST_RATIO;
  return { toPicture: plausible ? fromPoints : fromBox, eyeLine: EYE_LINE };
}

function placeByBox({ box }: Face): AffineMatrix {
  const [x, y, width, height] = box;
  if (!(box.every(Number.isFinite) && width > 0 && height > 0)) {
    throw new RangeError(`placeFace: a face's box must be finite and have an area, found [${box.join(', ')}]`);
  }
  const side = (width + height) / 2;
  const frame = side * FRAME_PER_BOX;
  return [frame, 0, x + width / 2, 0, frame, y + height / 2 - CENTRE_ABOVE_BOX * side];
}

/** The similarity z -> a z + b (complex numbers) that takes the template to the points. Undefined when they coincide. */
function placeByKeypoints(keypoints: FaceKeypoints): AffineMatrix | undefined {
  const pairs = template.flatMap(({ key, x, y, weight }) => {
    const to = keypoints[key];
    return to === undefined ? [] : [{ from: [x / FER_SIZE - 0.5, y / FER_SIZE - 0.5] as Point, to, weight }];
  });
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (pick: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((sum, pair) => sum + pair.weight * pick(pair), 0) / total;
  const fromX = mean(({ from }) => from[0]);
  const fromY = mean(({ from }) => from[1]);
  const toX = mean(({ to }) => to[0]);
  const toY = mean(({ to }) => to[1]);
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  for (const { from, to, weight } of pairs) {
    const fx = from[0] - fromX;
    const fy = from[1] - fromY;
    const tx = to[0] - toX;
    const ty = to[1] - toY;
    real += weight * (fx * tx + fy * ty);
    imaginary += weight * (fx * ty - fy * tx);
    spread += weight * (fx * fx + fy * fy);
  }
  const a = real / spread;
  const b = imaginary / spread;
  const matrix: AffineMatrix = [a, -b, toX - (a * fromX - b * fromY), b, a, toY - (b * fromX + a * fromY)];
  return matrix.every(Number.isFinite) && Math.hypot(a, b) > 0 ? matrix : undefined;
}
