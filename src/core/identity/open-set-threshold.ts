// From which distance on a face is nobody we know, judged from the known faces alone by leaving some out.

import { type FaceCut, type FaceLight, lbphForLight } from './face-light.js';
import type { LbphRecognizer } from './lbph.js';

/** More probes than this change the threshold little and cost time with the square of the gallery. */
const mostProbes = 400;
/** How far below the mean distance of strangers the threshold lies, in their standard deviations. */
const deviationsBelow = 2.5;
/** Share of the pictures that lie nearer than the threshold to another picture of the same person. */
const acceptedOwn = 0.95;

/**
 * The distance from which on strangers are expected whoever is known, for the two usual ways to see faces, aligned and
 * 100 x 100. Measured on the ORL faces and on photographs (docs/experiments.md): each person's pictures alone against all
 * others', 1 % of the strangers come nearer than 57.7 without their light and 79 as they are. A little less, because the
 * more people are known, the nearer strangers come to one of them. Unlike distances between pictures of one session, it
 * does not depend on how alike the collected pictures are.
 */
const usualDistances: Readonly<Record<FaceLight, number>> = { 'tan-triggs': 56, 'as-is': 76 };

/** How faces are brought to the recogniser, and its settings. */
export interface FaceView extends FaceCut {
  readonly recognizer: Pick<LbphRecognizer, 'radius' | 'neighbors' | 'gridX' | 'gridY'>;
}

/** The distance from which on strangers are expected, when faces are seen in a way that it was measured for. */
export function usualStrangerDistance({ align, faceSize, light, recognizer }: FaceView): number | undefined {
  const usual = lbphForLight(light);
  const isUsual =
    align &&
    faceSize?.width === 100 &&
    faceSize.height === 100 &&
    Object.entries(usual).every(([key, value]) => recognizer[key as keyof typeof usual] === value);
  return isUsual ? usualDistances[light] : undefined;
}

/**
 * The threshold for a recogniser whose labels are persons: the smaller of two. Across persons: each picture in turn is
 * taken for a stranger's by leaving out its person, and the threshold lies 2.5 standard deviations below the mean
 * distance of these strangers (steadier than a percentile of so few; never below half the smallest). And `usual`; without
 * one, within persons: each picture in turn is left out, and 95 % are nearer than the threshold to another picture of
 * their person. Number.MAX_VALUE, none, when there is nothing to go by: one picture and no `usual`.
 */
export function leaveOneOutThreshold(recognizer: LbphRecognizer, usual?: number): number {
  const { strangers, own } = leaveOneOut(recognizer);
  return Math.min(acrossPersons(strangers), usual ?? quantile(own, acceptedOwn));
}

/** Distances to the nearest picture of somebody else, and of the same person. */
function leaveOneOut(recognizer: LbphRecognizer): { strangers: number[]; own: number[] } {
  const { labels, count } = recognizer;
  const stride = Math.max(1, Math.ceil(count / mostProbes));
  const strangers: number[] = [];
  const own: number[] = [];
  for (let probe = 0; probe < count; probe += stride) {
    const distances = recognizer.distancesBetween(probe);
    let nearestOther = Infinity;
    let nearestOwn = Infinity;
    for (let i = 0; i < count; i++) {
      const distance = distances[i]!;
      // The same picture twice says nothing of how somebody varies, nor, under two names, of strangers.
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
  const mean = strangers.reduce((sum, value) => sum + value, 0) / strangers.length;
  const squares = strangers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = strangers.length > 1 ? Math.sqrt(squares / (strangers.length - 1)) : 0;
  return Math.max(mean - deviationsBelow * deviation, Math.min(...strangers) / 2);
}

/** The value that this share of the values, rounded down, lies below. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? Number.MAX_VALUE : sorted[Math.floor(sorted.length * share)]!;
}
