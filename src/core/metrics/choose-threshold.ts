// The score from which a detection counts, chosen by its false detections.
import { clamp } from '../numbers/clamp.js';
import { type JudgedDetections, recallAt } from './average-precision.js';

/** The rule: at most so many false detections per picture, and a score within these limits. */
export const thresholdRule = { falsePerPicture: 0.01, lowest: 0.2, highest: 0.95 } as const;

/**
 * The lowest score at which recall still rises while false detections stay at `thresholdRule.falsePerPicture`, rounded up to four digits;
 * the highest one when even the surest detections are false more often.
 */
export function chooseThreshold(judged: JudgedDetections): number {
  const { score } = recallAt(judged, thresholdRule.falsePerPicture);
  return clamp(Math.ceil(score * 1e4) / 1e4, thresholdRule.lowest, thresholdRule.highest);
}
