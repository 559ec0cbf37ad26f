// The score from which a detection counts, chosen by its false detections.
import { clamp } from '../numbers/clamp.js';
import { type JudgedDetections, recallAt } from './average-precision.js';

/**
 * The rule: at most so many false detections per picture, and a score within these limits. By the centre: a detection on a face whose box
 * was annotated by another rule is not a false one.
 */
export const thresholdRule = { falsePerPicture: 0.01, lowest: 0.2, highest: 0.95, matching: 'centre' } as const;

/**
 * The lowest score at which recall still rises while false detections stay at `thresholdRule.falsePerPicture`, or the shortest number below
 * it that the same detections reach; the highest one when even the surest detections are false more often.
 */
export function chooseThreshold(judged: JudgedDetections): number {
  const { score } = recallAt(judged, thresholdRule.falsePerPicture);
  const next = judged.detections.find((detection) => detection.score < score)?.score ?? 0;
  return clamp(shortest(score, next), thresholdRule.lowest, thresholdRule.highest);
}

/** The number of the fewest digits, two at least, that is at most `score` and above `next`. */
function shortest(score: number, next: number): number {
  for (let scale = 100; scale < 1e9; scale *= 10) {
    const rounded = Math.floor(score * scale) / scale;
    if (rounded > next) return rounded;
  }
  return score;
}
