// What a detector trades as its score limit falls: recall against false detections, precision against recall, by face size.
import {
  boxSize,
  countDetections,
  judgeDetections,
  type Matching,
  type SizeRange,
} from '../../core/metrics/average-precision.js';
import type { DetectedPicture } from './detect-pictures.js';
import { judgedPicture, measuredRanges } from './evaluate-detector.js';

/** The curves of one range of face sizes, the highest score first. */
export interface SizeCurves {
  readonly range: SizeRange;
  readonly faces: number;
  /** False detections per picture, of any size, and the recall of these faces. */
  readonly recall: readonly (readonly [falsePerPicture: number, recall: number])[];
  /** Where false detections of other sizes do not count. */
  readonly precision: readonly (readonly [recall: number, precision: number])[];
}

/** In the order of `measuredRanges`, without those that hold no face. */
export function detectorCurves(detected: readonly DetectedPicture[], matching: Matching): SizeCurves[] {
  const judged = detected.map(judgedPicture);
  const counted = judged
    .flatMap((picture) =>
      countDetections(picture, { matching }).map(({ detection, truth }) => ({
        score: picture.detections[detection]!.score,
        size: truth === null ? null : boxSize(picture.truths[truth]!),
      })),
    )
    .sort((a, b) => b.score - a.score);
  return measuredRanges.flatMap((range) => {
    const isOfRange = (size: number): boolean => size >= range[0] && size < range[1];
    const faces = judged.reduce((sum, { truths }) => sum + truths.filter((box) => isOfRange(boxSize(box))).length, 0);
    if (faces === 0) return [];
    let [found, wrong] = [0, 0];
    const recall = counted.flatMap(({ score, size }, i) => {
      if (size === null) wrong++;
      else if (isOfRange(size)) found++;
      // Detections of one score are taken together.
      return counted[i + 1]?.score === score ? [] : [[wrong / judged.length, found / faces] as const];
    });
    const { detections } = judgeDetections(judged, { range, matching });
    let right = 0;
    const precision = detections.flatMap(({ score, isRight }, i) => {
      if (isRight) right++;
      return detections[i + 1]?.score === score ? [] : [[right / faces, right / (i + 1)] as const];
    });
    return [{ range, faces, recall, precision }];
  });
}
