// The figures of an evaluation as tables for the page.

import type { Interval } from '../../../core/metrics/bootstrap-intervals.js';
import { percent, points } from '../../../core/numbers/percent.js';
import type { ReportTable } from '../../report/report-table.js';
import type { ModelComparison } from '../compare-models.js';
import type { Evaluation } from '../evaluate.js';
import type { StressEvaluation } from '../stress.js';
import { withInterval } from './describe-evaluation.js';

/** Every figure over all samples with its interval and n. */
export function figureTable(evaluation: Evaluation): ReportTable {
  const { n, accuracy, interval, intervals, withoutTrainingTwins: unseen } = evaluation;
  const share = (name: string, value: number, between: Interval, count = n) => [
    name,
    percent(value),
    shareRange(between),
    number(count),
  ];
  const other = (name: string, key: 'macroF1' | 'balancedAccuracy' | 'nll' | 'brier' | 'ece') => [
    name,
    evaluation[key].toFixed(3),
    range(intervals[key]),
    number(n),
  ];
  return {
    columns: ['figure', 'value', '95 % interval', 'n'],
    rows: [
      share('accuracy', accuracy, interval),
      ...(unseen === null || unseen.n === 0
        ? []
        : [
            share(
              `without the ${number(unseen.twins)} that the training split holds pixel for pixel`,
              unseen.accuracy,
              unseen.interval,
              unseen.n,
            ),
          ]),
      share('top 2', evaluation.top2, intervals.top2),
      other('macro F1', 'macroF1'),
      other('balanced accuracy', 'balancedAccuracy'),
      other('log loss', 'nll'),
      other('Brier score', 'brier'),
      other('calibration error', 'ece'),
    ],
  };
}

/** Accuracies of the two models, and the numbers of pictures that only one, both or neither of them has right. */
export function comparisonTable(
  { accuracy, interval, n }: Evaluation,
  { name, accuracy: other, accuracyInterval, onlyFirst, onlySecond, both, neither }: ModelComparison,
): ReportTable {
  return {
    columns: ['model', 'accuracy', '95 % interval', 'only it is right', 'both', 'neither', 'n'],
    rows: [
      ['this', percent(accuracy), shareRange(interval), ...[onlyFirst, both, neither, n].map(number)],
      [name, percent(other), shareRange(accuracyInterval), ...[onlySecond, both, neither, n].map(number)],
    ],
  };
}

export function classTable({ perClass }: Evaluation): ReportTable {
  return {
    columns: ['class', 'precision', 'recall', 'F1', 'n'],
    rows: perClass.map((one) => [
      one.label,
      withInterval(one.precision, one.precisionInterval),
      withInterval(one.recall, one.recallInterval),
      withInterval(one.f1, one.f1Interval),
      number(one.support),
    ]),
  };
}

/** The counts; rows are the truth. */
export function confusionTable({ labels, confusionMatrix }: Evaluation): ReportTable {
  return {
    columns: ['truth', ...labels],
    rows: confusionMatrix.map((counts, i) => [labels[i]!, ...counts.map(number)]),
  };
}

/** The bins that hold samples. */
export function reliabilityTable({ reliability }: Evaluation): ReportTable {
  return {
    columns: ['confidence', 'its mean', 'right', '95 % interval', 'n'],
    rows: reliability.flatMap(({ low, high, n, confidence, accuracy, interval }) =>
      confidence === null || accuracy === null
        ? []
        : [[shareRange([low, high]), percent(confidence), percent(accuracy), shareRange(interval), number(n)]],
    ),
  };
}

/** A row per stress; in brackets the change against the undistorted pictures, in points. */
export function stressTable({ clean, stresses, ...means }: StressEvaluation): ReportTable {
  const cell = (accuracy: number) => `${percent(accuracy)} (${points(accuracy - clean.accuracy)})`;
  return {
    columns: ['stress', 'strengths', 'weak', 'medium', 'strong', 'mean'],
    rows: [
      ...stresses.map(({ name, unit, strengths, mean }) => [
        name,
        `${strengths.map(({ strength }) => strength).join(', ')} ${unit}`,
        ...strengths.map(({ accuracy }) => cell(accuracy)),
        cell(mean),
      ]),
      ['all', '', '', '', '', cell(means.stressedMean)],
    ],
  };
}

/** `67.0 to 70.0 %`. */
function shareRange([low, high]: Interval): string {
  return `${percent(low, { unit: false })} to ${percent(high)}`;
}

/** `0.615 to 0.652`. */
function range([low, high]: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function number(count: number): string {
  return count.toLocaleString('en');
}
