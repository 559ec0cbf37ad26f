// Collecting one person's face pictures: which frames are good enough, and what to say when one is not.
import type { Face } from '../../../core/detect/face.js';
import { headPose } from '../../../core/detect/head-pose.js';
import type { Box, GreyPicture, Picture } from '../../../core/image/picture.js';
import { laplacianVariance } from '../../../core/image/sharpness.js';

export interface EnrolmentLimits {
  /** Pictures to collect. */
  readonly wanted: number;
  /** Least time between two pictures, milliseconds: neighbouring frames teach nothing new. */
  readonly spacingMs: number;
  /** Least width of a face, pixels of the analysed frame. */
  readonly minWidthPx: number;
  /** Largest share of the frame's height a face may fill. */
  readonly maxHeightShare: number;
  /** Least variance of the Laplacian of the picture kept: below it is blur. */
  readonly minSharpness: number;
  /** Mean grey a picture may have, 0..255. */
  readonly brightness: readonly [least: number, most: number];
  /** Largest offset of the nose from the middle of the eyes, in eye distances: beyond it the head is turned away. */
  readonly maxTurn: number;
  /** Largest tilt of the line through the eyes, radians. */
  readonly maxTiltRad: number;
  /** Largest movement of the face between two frames, in face widths. */
  readonly maxMovement: number;
  /** Another face this much smaller (in area) is background and does not count. */
  readonly backgroundShare: number;
}

export const enrolmentLimits: EnrolmentLimits = {
  wanted: 60,
  spacingMs: 80,
  minWidthPx: 64,
  maxHeightShare: 0.9,
  minSharpness: 30,
  brightness: [35, 225],
  maxTurn: 0.42,
  maxTiltRad: 0.5,
  maxMovement: 0.3,
  backgroundShare: 0.3,
};

const goOn = 'Good. Turn your head a little, change your expression.';

/** One person's enrolment under way. Offer it every analysed frame; it takes what is good and spaced in time. */
export class Enrolment {
  readonly name: string;
  readonly limits: EnrolmentLimits;
  readonly pictures: GreyPicture[] = [];
  hint = 'Look at the camera.';
  readonly #crop: (picture: Picture, face: Face) => GreyPicture;
  #lastTakenMs = Number.NEGATIVE_INFINITY;
  #lastBox: Box | undefined;

  /** `crop` makes the picture that is kept (the recogniser's own alignment). */
  constructor(
    name: string,
    crop: (picture: Picture, face: Face) => GreyPicture,
    limits: Partial<EnrolmentLimits> = {},
  ) {
    this.name = name;
    this.#crop = crop;
    this.limits = { ...enrolmentLimits, ...limits };
  }

  get isComplete(): boolean {
    return this.pictures.length >= this.limits.wanted;
  }

  /** Looks at one frame's faces; true when a picture was taken. */
  offer(picture: Picture, faces: readonly Face[], nowMs: number): boolean {
    if (this.isComplete) return false;
    const [face, second] = [...faces].sort((a, b) => area(b.box) - area(a.box));
    const before = this.#lastBox;
    this.#lastBox = face?.box;
    const fault = face
      ? (crowdFault(face, second, this.limits) ??
        placeFault(picture, face.box, this.limits) ??
        poseFault(face, this.limits) ??
        movementFault(face.box, before, this.limits))
      : 'No face in view. Look at the camera.';
    if (!face || fault) {
      this.hint = fault ?? goOn;
      return false;
    }
    if (nowMs - this.#lastTakenMs < this.limits.spacingMs) return false;
    const crop = this.#crop(picture, face);
    const blemish = pictureFault(crop, this.limits);
    this.hint = blemish ?? goOn;
    if (blemish) return false;
    this.pictures.push(crop);
    this.#lastTakenMs = nowMs;
    return true;
  }
}

const area = (box: Box): number => box[2] * box[3];

function crowdFault(face: Face, second: Face | undefined, limits: EnrolmentLimits): string | undefined {
  if (!second || area(second.box) < limits.backgroundShare * area(face.box)) return undefined;
  return 'One face only, please: others step back.';
}

function placeFault(picture: Picture, [x, y, width, height]: Box, limits: EnrolmentLimits): string | undefined {
  if (width < limits.minWidthPx) return 'Come closer.';
  if (height > limits.maxHeightShare * picture.height) return 'Move back a little.';
  const margin = 0.1 * width;
  const isCut =
    x < -margin || y < -margin || x + width > picture.width + margin || y + height > picture.height + margin;
  return isCut ? 'Move to the middle.' : undefined;
}

function poseFault({ keypoints }: Face, limits: EnrolmentLimits): string | undefined {
  if (!keypoints) return undefined;
  const pose = headPose(keypoints);
  if (!pose) return 'Look at the camera.';
  if (Math.abs(pose.tiltRad) > limits.maxTiltRad) return 'Hold your head upright.';
  return Math.abs(pose.turn) > limits.maxTurn ? 'Turn towards the camera.' : undefined;
}

function movementFault(box: Box, before: Box | undefined, limits: EnrolmentLimits): string | undefined {
  if (!before) return undefined;
  const middles = [box, before].map(([x, y, width, height]) => [x + width / 2, y + height / 2] as const);
  const moved = Math.hypot(middles[0]![0] - middles[1]![0], middles[0]![1] - middles[1]![1]);
  return moved > limits.maxMovement * box[2] ? 'Hold still.' : undefined;
}

function pictureFault(crop: GreyPicture, limits: EnrolmentLimits): string | undefined {
  let sum = 0;
  for (const value of crop.data) sum += value;
  const mean = sum / crop.data.length;
  if (mean < limits.brightness[0]) return 'Too dark: more light on your face.';
  if (mean > limits.brightness[1]) return 'Too bright: less light on your face.';
  return laplacianVariance(crop) < limits.minSharpness ? 'Hold still: the picture is blurred.' : undefined;
}
