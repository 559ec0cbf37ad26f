// Whether a frame's main face is good enough to be kept: one face, near, whole, upright, still, sharp and well lit.

import type { Box, GreyPicture, Picture } from '../image/picture.js';
import { laplacianVariance } from '../image/sharpness.js';
import type { Face } from './face.js';
import { headPose } from './head-pose.js';

export interface FaceGateLimits {
  /** Least width of a face, pixels of the frame. */
  readonly minWidthPx: number;
  /** Largest share of the frame's height a face may fill. */
  readonly maxHeightShare: number;
  /** Least variance of the crop's Laplacian; less is blur. */
  readonly minSharpness: number;
  /** Range of the picture's mean grey, 0..255. */
  readonly brightness: readonly [least: number, most: number];
  /** Largest offset of the nose from the middle of the eyes, in eye distances; more is a head turned away. */
  readonly maxTurn: number;
  /** Largest tilt of the line through the eyes, radians. */
  readonly maxTiltRad: number;
  /** Largest movement of the face between two frames, in face widths. */
  readonly maxMovement: number;
  /** A second face of less than this share of the main face's area is background. */
  readonly backgroundShare: number;
}

export const faceGateLimits: FaceGateLimits = {
  minWidthPx: 64,
  maxHeightShare: 0.9,
  minSharpness: 30,
  brightness: [35, 225],
  maxTurn: 0.42,
  maxTiltRad: 0.5,
  maxMovement: 0.3,
  backgroundShare: 0.3,
};

/** Checks frames in their order; movement is measured against the frame before. */
export class FaceGate {
  readonly #limits: FaceGateLimits;
  #lastBox: Box | undefined;

  constructor(limits: FaceGateLimits = faceGateLimits) {
    this.#limits = limits;
  }

  /** The frame's main face, or why it is not good enough, as a sentence for the person. */
  check(picture: Picture, faces: readonly Face[]): { readonly face: Face } | { readonly fault: string } {
    const [face, second] = [...faces].sort((a, b) => area(b.box) - area(a.box));
    const before = this.#lastBox;
    this.#lastBox = face?.box;
    if (!face) return { fault: 'No face in view. Look at the camera.' };
    const fault =
      crowdFault(face, second, this.#limits) ??
      placeFault(picture, face.box, this.#limits) ??
      poseFault(face, this.#limits) ??
      movementFault(face.box, before, this.#limits);
    return fault === undefined ? { face } : { fault };
  }

  /** Why the crop of the face is not good enough, as a sentence for the person; undefined when it is. */
  pictureFault(crop: GreyPicture): string | undefined {
    return pictureFault(crop, this.#limits);
  }
}

const area = (box: Box): number => box[2] * box[3];

function crowdFault(face: Face, second: Face | undefined, limits: FaceGateLimits): string | undefined {
  if (!second || area(second.box) < limits.backgroundShare * area(face.box)) return undefined;
  return 'One face only, please: others step back.';
}

function placeFault(picture: Picture, [x, y, width, height]: Box, limits: FaceGateLimits): string | undefined {
  if (width < limits.minWidthPx) return 'Come closer.';
  if (height > limits.maxHeightShare * picture.height) return 'Move back a little.';
  const margin = 0.1 * width;
  const isCut =
    x < -margin || y < -margin || x + width > picture.width + margin || y + height > picture.height + margin;
  return isCut ? 'Move to the middle.' : undefined;
}

function poseFault({ keypoints }: Face, limits: FaceGateLimits): string | undefined {
  if (!keypoints) return undefined;
  const pose = headPose(keypoints);
  if (!pose) return 'Look at the camera.';
  if (Math.abs(pose.tiltRad) > limits.maxTiltRad) return 'Hold your head upright.';
  return Math.abs(pose.turn) > limits.maxTurn ? 'Turn towards the camera.' : undefined;
}

function movementFault(box: Box, before: Box | undefined, limits: FaceGateLimits): string | undefined {
  if (!before) return undefined;
  const middles = [box, before].map(([x, y, width, height]) => [x + width / 2, y + height / 2] as const);
  const moved = Math.hypot(middles[0]![0] - middles[1]![0], middles[0]![1] - middles[1]![1]);
  return moved > limits.maxMovement * box[2] ? 'Hold still.' : undefined;
}

function pictureFault(crop: GreyPicture, limits: FaceGateLimits): string | undefined {
  let sum = 0;
  for (const value of crop.data) sum += value;
  const mean = sum / crop.data.length;
  if (mean < limits.brightness[0]) return 'Too dark: more light on your face.';
  if (mean > limits.brightness[1]) return 'Too bright: less light on your face.';
  return laplacianVariance(crop) < limits.minSharpness ? 'Hold still: the picture is blurred.' : undefined;
}
