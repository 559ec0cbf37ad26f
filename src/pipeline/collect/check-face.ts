// Checks whether a face is good enough for enrolling somebody, and if not, why.
import type { Face } from '../../core/detect/face.js';
import { alignedFace } from '../../core/detect/face-crop.js';
import { headPose } from '../../core/detect/head-pose.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import { resizeGrey } from '../../core/image/resize.js';
import { laplacianVariance } from '../../core/image/sharpness.js';
import type { CollectConfig } from './config.js';

/** Why a frame was not saved, in the order of the checks. */
export const rejections = [
  'unreadable',
  'no face',
  'several faces',
  'too small',
  'turned away',
  'tilted',
  'too dark',
  'too bright',
  'too little contrast',
  'blurred',
  'like one before',
] as const;
export type Rejection = (typeof rejections)[number];

/** A face that passed; `thumbnail` is for the comparison with later ones. */
export interface GoodFace {
  readonly thumbnail: GreyPicture;
}

const normalSize = { width: 100, height: 100 };
const thumbnailSize = 25;

/** Checks size and pose, then exposure, sharpness and novelty on the face brought to a normal size and place. */
export function checkFace(
  picture: Picture,
  face: Face,
  before: readonly GoodFace[],
  config: CollectConfig,
): GoodFace | Rejection {
  if (Math.min(face.box[2], face.box[3]) < config.minFacePx) return 'too small';
  const pose = face.keypoints && headPose(face.keypoints);
  if (pose && Math.abs(pose.turn) > config.maxTurn) return 'turned away';
  if (pose && Math.abs(pose.tiltRad) > (config.maxTiltDegrees * Math.PI) / 180) return 'tilted';
  const normal = alignedFace(picture, face, normalSize);
  const { mean, variance } = momentsOf(normal);
  if (mean < config.minBrightness) return 'too dark';
  if (mean > config.maxBrightness) return 'too bright';
  if (Math.sqrt(variance) < config.minContrast) return 'too little contrast';
  // Divided by the variance, because dim light lowers the contrast of sharp pictures too.
  if (laplacianVariance(normal) / variance < config.minSharpness) return 'blurred';
  const thumbnail = resizeGrey(normal, thumbnailSize, thumbnailSize);
  if (before.some((one) => meanDifference(thumbnail, one.thumbnail) < config.minDifference)) return 'like one before';
  return { thumbnail };
}

function momentsOf({ data }: GreyPicture): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return { mean, variance: squares / data.length - mean * mean };
}

function meanDifference(a: GreyPicture, b: GreyPicture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}
