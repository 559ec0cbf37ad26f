// The distance threshold above which a face is unknown, estimated from the gallery alone by leaving faces out.

import { mean } from '../numbers/mean.js';
import { type FaceCut, type FaceLight, lbphForLight } from './face-light.js';
import type { LbphRecogniser } from './lbph.js';

/** More probes than this hardly change the threshold, and the cost grows with the square of the gallery. */
const mostProbes = 400;
/** Distance of the threshold below the mean distance of strangers, in their standard deviations. */
const deviationsBelow = 2.5;
/** Share of the pictures that lie nearer than the threshold to another picture of the same person. */
const acceptedOwn = 0.95;

/**
 * The distance above which strangers are expected, whoever is known, for the two usual preparations of faces aligned to
 * 100 x 100. Measured on the ORL faces and on photographs (docs/experiments/identity.md, 'Few known people'): with each
 * person's pictures alone against all others', 1 % of the strangers are nearer than 57.7 with illumination normalisation and
 * 79 without. The limits are slightly lower, because the nearest known person gets nearer to a stranger as more people are
 * known. Unlike distances between pictures of one session, they do not depend on how similar the collected pictures are.
 */
const usualDistances: Readonly<Record<FaceLight, number>> = { 'tan-triggs': 56, 'as-is': 76 };

/** How faces are prepared for the recogniser, and its settings. */
export interface FaceView extends FaceCut {
  readonly recogniser: Pick<LbphRecogniser, 'radius' | 'neighbors' | 'gridX' | 'gridY'>;
}

/** The distance above which strangers are expected; undefined for a preparation without a measured value. */
export function usualStrangerDistance({ align, faceSize, light, recogniser }: FaceView): number | undefined {
  const usual = lbphForLight(light);
  const isUsual =
    align &&
    faceSize?.width === 100 &&
    faceSize.height === 100 &&
    Object.entries(usual).every(([key, value]) => recogniser[key as keyof typeof usual] === value);
  return isUsual ? usualDistances[light] : undefined;
}

/**
 * The threshold for a recogniser whose labels are persons: the smaller of two. Across persons: each picture in turn
 * serves as a stranger's by leaving out its person, and the threshold lies 2.5 standard deviations below the mean
 * distance of these strangers (more stable than a percentile of so few; never below half the smallest). And `usual`; without
 * one, within persons: each picture in turn is left out, and 95 % are nearer than the threshold to another picture of
 * their person. Number.MAX_VALUE, no threshold, when neither exists: one picture and no `usual`.
 */
export function leaveOneOutThreshold(recogniser: LbphRecogniser, usual?: number): number {
  const { strangers, own } = leaveOneOut(recogniser);
  return Math.min(acrossPersons(strangers), usual ?? lowerQuantile(own, acceptedOwn));
}

/** Distances to the nearest picture of somebody else, and of the same person. */
function leaveOneOut(recogniser: LbphRecogniser): { strangers: number[]; own: number[] } {
  const { labels, count } = recogniser;
  const stride = Math.max(1, Math.ceil(count / mostProbes));
  const strangers: number[] = [];
  const own: number[] = [];
  for (let probe = 0; probe < count; probe += stride) {
    const distances = recogniser.distancesBetween(probe);
    let nearestOther = Infinity;
    let nearestOwn = Infinity;
    for (let i = 0; i < count; i++) {
      const distance = distances[i]!;
      // A duplicated picture is no evidence of a person's variation nor, under two names, of strangers.
      if (distance === 0) continue;
      if (labels[i] === labels[probe]) nearestOwn = Math.min(nearestOwn, distance);
      else nearestOther = Math.min(nearestOther, distance);
    }
    if (nearestOther < Infinity) strangers.push(nearestOther);
    if (nearestOwn < Infinity) own.push(nearestOwn);
  }
  return { strangers, own };
}

function acrossPersons(strangers: readonly number[]): number {
  if (strangers.length === 0) return Number.MAX_VALUE;
  const middle = mean(strangers);
  const squares = strangers.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const deviation = strangers.length > 1 ? Math.sqrt(squares / (strangers.length - 1)) : 0;
  return Math.max(middle - deviationsBelow * deviation, Math.min(...strangers) / 2);
}

/** The value with this share of the values, rounded down, below it. */
function lowerQuantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? Number.MAX_VALUE : sorted[Math.floor(sorted.length * share)]!;
}
