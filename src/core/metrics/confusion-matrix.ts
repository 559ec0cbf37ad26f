// The confusion matrix, in counts: rows are the true classes, columns the predicted ones.
import { mean } from '../numbers/mean.js';
import { wilsonInterval } from './wilson-interval.js';

/** `counts[truth][predicted]`. */
export type ConfusionCounts = readonly (readonly number[])[];

/** Figures of one class; 0 where the divisor is 0 (no such prediction, no such sample). */
export interface ClassFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples of this class. */
  readonly support: number;
  /** 95 %, Wilson's. */
  readonly precisionInterval: readonly [low: number, high: number];
  readonly recallInterval: readonly [low: number, high: number];
  /** 95 %, Wilson's by way of F* (Lam, Gopal & Qian 2024, the indirect method). */
  readonly f1Interval: readonly [low: number, high: number];
}

/** Counts pairs of true and predicted classes. Throws RangeError when the lists differ in length or contain an unknown class. */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  if (truth.length !== predicted.length) {
    throw new RangeError(`confusionMatrix: ${truth.length} true classes but ${predicted.length} predicted ones`);
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = counts[truth[i]!];
    const column = predicted[i]!;
    if (row?.[column] === undefined) {
      throw new RangeError(`confusionMatrix: sample ${i} has classes ${truth[i]} and ${column}, there are ${classes}`);
    }
    row[column] = row[column]! + 1;
  }
  return counts;
}

/** Throws RangeError unless the matrix' trace over its sum is `accuracy`: otherwise truth and predictions are misaligned. */
export function checkConfusionMatrix(counts: ConfusionCounts, accuracy: number): void {
  const fromMatrix = accuracyOf(counts);
  if (!(Math.abs(fromMatrix - accuracy) < 1e-9)) {
    throw new RangeError(
      `checkConfusionMatrix: the diagonal must give the accuracy ${accuracy} and gives ${fromMatrix}: truth and predictions are not in the same order`,
    );
  }
}

/** Trace over sum. */
export function accuracyOf(counts: ConfusionCounts): number {
  return counts.reduce((sum, row, i) => sum + row[i]!, 0) / sumOf(counts);
}

/** Precision, recall, F1 and support of each class. */
export function classFigures(counts: ConfusionCounts): ClassFigures[] {
  return counts.map((row, i) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = counts.reduce((sum, other) => sum + other[i]!, 0);
    const hits = row[i]!;
    return {
      precision: predicted === 0 ? 0 : hits / predicted,
      recall: support === 0 ? 0 : hits / support,
      f1: support + predicted === 0 ? 0 : (2 * hits) / (support + predicted),
      support,
      precisionInterval: wilsonInterval(hits, predicted),
      recallInterval: wilsonInterval(hits, support),
      f1Interval: f1Interval(hits, support + predicted - hits),
    };
  });
}

/** F1 is a monotonic function of F*, the share of hits among the samples that are of the class or predicted as it, which has Wilson's interval. */
function f1Interval(hits: number, union: number): [low: number, high: number] {
  const [low, high] = wilsonInterval(hits, union);
  return [(2 * low) / (1 + low), (2 * high) / (1 + high)];
}

/** Each row divided by its sum: the shares of a class's predictions. Zeros in the row of a class without samples. */
export function normaliseRows(counts: ConfusionCounts): number[][] {
  return counts.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => (sum === 0 ? 0 : count / sum));
  });
}

/** Mean F1 over the classes that occur among the samples or the predictions (scikit-learn's `f1_score(average='macro')`). */
export function macroF1(counts: ConfusionCounts): number {
  const occurring = classFigures(counts).filter(({ support }, i) => support > 0 || counts.some((row) => row[i]! > 0));
  return mean(occurring.map(({ f1 }) => f1));
}

/** Mean recall over the classes that have samples (scikit-learn's `balanced_accuracy_score`). */
export function balancedAccuracy(counts: ConfusionCounts): number {
  return mean(
    classFigures(counts)
      .filter(({ support }) => support > 0)
      .map(({ recall }) => recall),
  );
}

function sumOf(counts: ConfusionCounts): number {
  return counts.reduce((sum, row) => sum + row.reduce((inner, count) => inner + count, 0), 0);
}
