// Figures of predicted probabilities: log loss, Brier score, calibration error, top-k.

/** Predicted probabilities `[n, classes]`, row-major, with the n true classes. */
export interface Predictions {
  readonly truth: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  readonly classes: number;
}

/** Smallest probability that counts; below it a single surprise would outweigh everything (float32's epsilon, as scikit-learn). */
const smallest = 2 ** -23;

/** Mean negative log of the true class' probability, in nats. */
export function negativeLogLikelihood({ truth, probabilities, classes }: Predictions): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    sum -= Math.log(Math.min(1 - smallest, Math.max(smallest, probabilities[i * classes + truth[i]!]!)));
  }
  return sum / truth.length;
}

/** Mean squared distance between the probabilities and the truth (Brier 1950): 0 is perfect, 2 the worst. */
export function brierScore({ truth, probabilities, classes }: Predictions): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    for (let c = 0; c < classes; c++) {
      const target = c === truth[i] ? 1 : 0;
      sum += (probabilities[i * classes + c]! - target) ** 2;
    }
  }
  return sum / truth.length;
}

/**
 * Expected calibration error (Guo et al. 2017): how far confidence and accuracy differ, averaged over `bins` equal intervals
 * `(low, high]` of the confidence, weighted by their samples.
 */
export function expectedCalibrationError({ truth, probabilities, classes }: Predictions, bins = 15): number {
  const hits = new Float64Array(bins);
  const confidence = new Float64Array(bins);
  for (let i = 0; i < truth.length; i++) {
    const best = argmaxRow(probabilities, i, classes);
    const surety = probabilities[i * classes + best]!;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(surety * bins) - 1));
    confidence[bin] = confidence[bin]! + surety;
    if (best === truth[i]) hits[bin] = hits[bin]! + 1;
  }
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) sum += Math.abs(hits[bin]! - confidence[bin]!);
  return sum / truth.length;
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

/** The most probable class of row i; the lowest among equals. */
export function argmaxRow(probabilities: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[row * classes + c]! > probabilities[row * classes + best]!) best = c;
  }
  return best;
}
