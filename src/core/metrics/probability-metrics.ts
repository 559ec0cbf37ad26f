// Figures of predicted probabilities: log loss, Brier score, calibration error, top-k.
import { argmax } from '../numbers/argmax.js';

/** Predicted probabilities `[n, classes]`, row-major, with the n true classes. */
export interface Predictions {
  readonly truth: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  readonly classes: number;
}

/** Probabilities are clipped from below here, so that a single wrong prediction cannot dominate (float32's epsilon, as scikit-learn). */
const smallest = 2 ** -23;

/** Mean negative log of the true class' probability, in nats. */
export function negativeLogLikelihood(predictions: Predictions): number {
  return meanOver(predictions, logLossAt);
}

/** Negative log of the probability of sample i's true class. */
export function logLossAt({ truth, probabilities, classes }: Predictions, i: number): number {
  return -Math.log(Math.min(1 - smallest, Math.max(smallest, probabilities[i * classes + truth[i]!]!)));
}

/** Mean squared distance between the probabilities and the truth (Brier 1950): 0 is perfect, 2 the worst. */
export function brierScore(predictions: Predictions): number {
  return meanOver(predictions, brierAt);
}

/** Squared distance between sample i's probabilities and its truth. */
export function brierAt({ truth, probabilities, classes }: Predictions, i: number): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const target = c === truth[i] ? 1 : 0;
    sum += (probabilities[i * classes + c]! - target) ** 2;
  }
  return sum;
}

function meanOver(predictions: Predictions, figureAt: (predictions: Predictions, i: number) => number): number {
  const n = predictions.truth.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += figureAt(predictions, i);
  return sum / n;
}

/**
 * Expected calibration error (Guo et al. 2017): how far confidence and accuracy differ, averaged over `bins` equal intervals
 * `(low, high]` of the confidence, weighted by their samples.
 */
export function expectedCalibrationError(
  { truth, probabilities, classes }: Predictions,
  bins = confidenceBins,
): number {
  const gaps = new Float64Array(bins);
  for (let i = 0; i < truth.length; i++) {
    const best = argmax(probabilities, i * classes, classes);
    const confidence = probabilities[i * classes + best]!;
    const bin = confidenceBin(confidence, bins);
    gaps[bin] = gaps[bin]! + (best === truth[i] ? 1 : 0) - confidence;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / truth.length;
}

/** Default number of confidence bins. */
export const confidenceBins = 15;

/** The place of a confidence among `bins` equal intervals `(low, high]`; the first takes 0 too. */
export function confidenceBin(confidence: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
}

/** Whether the most probable class of each sample is the true one. */
export function hits({ truth, probabilities, classes }: Predictions): boolean[] {
  return Array.from(truth, (label, i) => argmax(probabilities, i * classes, classes) === label);
}

/** Share of samples whose true class is among the `k` most probable; among equals the lower class counts first, as in argmax. */
export function topAccuracy({ truth, probabilities, classes }: Predictions, k: number): number {
  let hits = 0;
  for (let i = 0; i < truth.length; i++) {
    const own = probabilities[i * classes + truth[i]!]!;
    let before = 0;
    for (let c = 0; c < classes; c++) {
      const other = probabilities[i * classes + c]!;
      if (other > own || (other === own && c < truth[i]!)) before++;
    }
    if (before < k) hits++;
  }
  return hits / truth.length;
}
