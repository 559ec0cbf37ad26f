// All figures of a classifier on a set of samples, with consistency checks.

import { argmax } from '../numbers/argmax.js';
import {
  balancedAccuracy,
  type ClassFigures,
  checkConfusionMatrix,
  classFigures,
  confusionMatrix,
  macroF1,
  normaliseRows,
} from './confusion-matrix.js';
import { findImprobable } from './find-improbable.js';
import {
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  type Predictions,
  topAccuracy,
} from './probability-metrics.js';
import { wilsonInterval } from './wilson-interval.js';

/** A share with its n and its 95 % Wilson interval. */
export interface Accuracy {
  readonly accuracy: number;
  readonly interval: readonly [low: number, high: number];
  readonly n: number;
}

export interface ClassificationFigures extends Accuracy {
  readonly macroF1: number;
  readonly balancedAccuracy: number;
  /** Share of samples whose class is among the two most probable. */
  readonly top2: number;
  /** Mean negative log likelihood, nats. */
  readonly nll: number;
  readonly brier: number;
  /** Expected calibration error, 15 bins. */
  readonly ece: number;
  /** `[truth][predicted]`, counts. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** The same, each row divided by its sum. */
  readonly confusionShares: readonly (readonly number[])[];
  readonly perClass: readonly ({ readonly label: string } & ClassFigures)[];
}

/**
 * The figures of predictions over classes named `labels`. Throws RangeError when there are no samples, the sizes do not fit, or
 * a sample's probabilities are not numbers of 0..1 that sum to 1.
 */
export function classificationFigures(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: readonly string[],
): ClassificationFigures {
  const n = truth.length;
  const classes = labels.length;
  checkSizes(n, probabilities, classes);
  const predictions: Predictions = { truth, probabilities, classes };
  const predicted = Uint16Array.from({ length: n }, (_, i) => argmax(probabilities, i * classes, classes));
  let hits = 0;
  for (let i = 0; i < n; i++) if (predicted[i] === truth[i]) hits++;
  const counts = confusionMatrix(truth, predicted, classes);
  checkConfusionMatrix(counts, hits / n);
  return {
    accuracy: hits / n,
    interval: wilsonInterval(hits, n),
    n,
    macroF1: macroF1(counts),
    balancedAccuracy: balancedAccuracy(counts),
    top2: topAccuracy(predictions, 2),
    nll: negativeLogLikelihood(predictions),
    brier: brierScore(predictions),
    ece: expectedCalibrationError(predictions),
    confusionMatrix: counts,
    confusionShares: normaliseRows(counts),
    perClass: classFigures(counts).map((figures, i) => ({ label: labels[i]!, ...figures })),
  };
}

function checkSizes(n: number, probabilities: ArrayLike<number>, classes: number): void {
  if (n === 0) throw new RangeError('classificationFigures: there must be samples and there are none');
  if (probabilities.length !== n * classes) {
    throw new RangeError(
      `classificationFigures: ${n} x ${classes} probabilities are needed, found ${probabilities.length}`,
    );
  }
  const odd = findImprobable(probabilities, classes);
  if (odd !== undefined) {
    throw new RangeError(`classificationFigures: the probabilities of sample ${odd.sample} ${odd.fault}`);
  }
}
