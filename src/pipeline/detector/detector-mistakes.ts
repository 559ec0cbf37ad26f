// Which faces a detector misses and where it sees one that is none, from a score on.

import type { Box } from '../../core/image/picture.js';
import { boxSize, countDetections, type Matching, pairDetections } from '../../core/metrics/average-precision.js';
import type { DetectedPicture } from './detect-pictures.js';
import { judgedPicture } from './evaluate-detector.js';

export interface DetectorMistake {
  readonly picture: DetectedPicture;
  readonly box: Box;
  /** Of a false detection, or of the detection that finds a missed face with too low a score; null when none does. */
  readonly score: number | null;
}

export interface DetectorMistakes {
  /** The largest first. */
  readonly missed: readonly DetectorMistake[];
  /** The highest score first. */
  readonly wrong: readonly DetectorMistake[];
}

/** `score`: the lowest one that counts. */
export function findMistakes(
  detected: readonly DetectedPicture[],
  { matching, score }: { readonly matching: Matching; readonly score: number },
): DetectorMistakes {
  const missed: DetectorMistake[] = [];
  const wrong: (DetectorMistake & { readonly score: number })[] = [];
  for (const picture of detected) {
    const judged = judgedPicture(picture);
    const scoreOf = (detection: number): number => judged.detections[detection]!.score;
    const pairs = pairDetections(judged, matching);
    const found = new Map(pairs.map(({ detection, truth }) => [truth, scoreOf(detection)]));
    judged.truths.forEach((box, truth) => {
      const own = found.get(truth) ?? null;
      if (own === null || own < score) missed.push({ picture, box, score: own });
    });
    for (const { detection, truth } of countDetections(judged, { matching })) {
      const own = scoreOf(detection);
      if (truth === null && own >= score) wrong.push({ picture, box: judged.detections[detection]!.box, score: own });
    }
  }
  missed.sort((a, b) => boxSize(b.box) - boxSize(a.box));
  wrong.sort((a, b) => b.score - a.score);
  return { missed, wrong };
}
