// Where a face lies in a picture, as a similarity transform from a frame that fits FER2013's pictures.
//
// The frame is 1 x 1 with its centre at (0, 0): the edges of a FER2013 picture. The templates are where a detector's key points and
// boxes lie in FER2013's own pictures (medians, mirrored halves averaged; docs/experiments/face-crop.md, 'FER2013's geometry').

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
    { key: 'rightEye', x: 16.83, y: 20.25, weight: 1 },
    { key: 'leftEye', x: 31.17, y: 20.25, weight: 1 },
    { key: 'mouth', x: 24, y: 35.99, weight: 1 },
  ],
  picturePerBox: 1.233,
  centreAboveBox: 0.02,
};

/** Ratio of the two sizes, by key points and by box, beyond which the key points are wrong, as for profiles and covered faces. */
const LARGEST_RATIO = 1.8;

/** Fits the frame to the face's key points by least squares, or to its box. Throws RangeError for a box without area. */
export function placeFace(face: Face): FacePlacement {
  const { keypoints } = face;
  const template = keypoints !== null && keypoints.leftEar === undefined ? annotatedTemplate : mediaPipeTemplate;
  const eyeLine = template.points[0]!.y / FER_SIZE - 0.5;
  const fromBox = placeByBox(face, template);
  const fromPoints = keypoints === null ? undefined : placeByKeypoints(keypoints, template);
  if (fromPoints === undefined) return { toPicture: fromBox, eyeLine };
  const ratio = Math.hypot(fromPoints[0], fromPoints[3]) / Math.hypot(fromBox[0], fromBox[3]);
  const plausible = ratio < LARGEST_RATIO && ratio > 1 / LARGEST_RATIO;
  return { toPicture: plausible ? fromPoints : fromBox, eyeLine };
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

/** The similarity z -> a z + b (complex numbers) that takes the template to the points. Undefined when they coincide. */
function placeByKeypoints(keypoints: FaceKeypoints, template: Template): AffineMatrix | undefined {
  const pairs = template.points.flatMap(({ key, x, y, weight }) => {
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
