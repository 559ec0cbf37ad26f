// A face as the networks with places give it.
import type { Box } from '../../image/picture.js';
import type { Face } from '../face.js';
import { suppressNonMaxima } from '../non-maximum-suppression.js';
import type { FacePoints } from './places.js';

/** Boxes that overlap more (intersection over union) are one face. */
const maxOverlap = 0.45;

/** Only so many of the best candidates are compared with each other, several for each face of a crowd: an untrained network has thousands. */
const mostCandidates = 1000;

export interface PlacedFace {
  readonly score: number;
  readonly box: Box;
  readonly points: FacePoints;
}

/**
 * One face per place, best first; box and key points are the mean of all candidates for it, weighted by their scores, which is more
 * exact than the best one's (docs/experiments/detector.md, 'A detector trained by moodlens').
 * A candidate is `[score, left, top, right, bottom, x, y of each key point]`.
 */
export function keepBestFaces(candidates: readonly (readonly number[])[]): PlacedFace[] {
  const best =
    candidates.length > mostCandidates
      ? [...candidates].sort((a, b) => b[0]! - a[0]!).slice(0, mostCandidates)
      : candidates;
  return suppressNonMaxima(best, { maxOverlap, weighted: true }).map(
    ([score, left, top, right, bottom, ...points]) => ({
      score: score!,
      box: [left!, top!, right! - left!, bottom! - top!],
      points,
    }),
  );
}

/** The left eye as seen is the person's right one. */
export function toFace({ score, box, points }: PlacedFace): Face {
  const point = (i: number) => [points[2 * i]!, points[2 * i + 1]!] as const;
  return { box, score, keypoints: { rightEye: point(0), leftEye: point(1), nose: point(2), mouth: point(3) } };
}

/** The key points of a face as `toFace` reads them; null when it has none. */
export function pointsOf({ keypoints }: Face): FacePoints | null {
  if (keypoints === null) return null;
  const { rightEye, leftEye, nose, mouth } = keypoints;
  return [...rightEye, ...leftEye, ...nose, ...mouth];
}
