// An evaluation as text for a terminal: every accuracy with n, its 95 % interval and its split.
import { percent } from '../../../core/numbers/percent.js';
import { tableLines } from '../../report/text-table.js';
import type { Evaluation } from '../evaluate.js';
import type { SeenInTraining } from '../seen-in-training.js';

/** Several lines, ending with a line end. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { split, withoutTrainingTwins: unseen, intervals } = evaluation;
  const seen = describeSeen(evaluation);
  const figure = (name: string, key: keyof Evaluation['intervals']) =>
    `${name} ${withInterval(evaluation[key], intervals[key])}`;
  const lines = [
    `${split}${evaluation.test ? ' (test)' : ''}: accuracy ${describeShare(evaluation)}`,
    ...augmentation(evaluation),
    ...(seen === undefined ? [] : [`  ${seen}`]),
    ...(unseen === null || unseen.n === 0
      ? []
      : [`  without the ${unseen.twins} pictures that Training holds too: ${describeShare(unseen)}`]),
    `  ${figure('macro F1', 'macroF1')}   ${figure('balanced accuracy', 'balancedAccuracy')}`,
    `  ${figure('top 2', 'top2')}   ${figure('log loss', 'nll')}`,
    `  ${figure('Brier', 'brier')}   ${figure('calibration error', 'ece')}`,
    ...missing(evaluation),
    '',
    ...classTable(evaluation),
    '',
    'confusion matrix (rows: truth, columns: predicted)',
    ...matrixTable(evaluation),
  ];
  return `${lines.join('\n')}\n`;
}

/** A warning that the model was, or may have been, trained on the samples; undefined when it was not. */
export function describeSeen({
  seenInTraining = false,
  seenSamples = null,
  n,
  model,
}: Partial<SeenInTraining> & { readonly n: number; readonly model: { readonly trainedOn: string } }):
  | string
  | undefined {
  if (seenInTraining === null) {
    return `whether the model was trained on these samples cannot be told (it was ${model.trainedOn}): if it was, on others it does worse`;
  }
  if (!seenInTraining) return undefined;
  const some = seenSamples === null || seenSamples === n ? 'these samples' : `${seenSamples} of these ${n} samples`;
  return `the model was trained on ${some}: on others it does worse`;
}

/** Classes without samples: their figures mean nothing. */
function missing({ perClass }: Evaluation): string[] {
  const names = perClass.filter(({ support }) => support === 0).map(({ label }) => label);
  return names.length === 0 ? [] : [`  no sample is ${names.join(' or ')}`];
}

function augmentation({ testTimeAugmentation: kind }: Evaluation): string[] {
  if (kind === 'none') return [];
  const each = kind === 'flip' ? 'each picture and its mirror image' : 'ten crops of each picture';
  return [`  mean of the probabilities of ${each}`];
}

/** A share with its interval and n. */
export function describeShare({ accuracy, interval, n }: Pick<Evaluation, 'accuracy' | 'interval' | 'n'>): string {
  return `${percent(accuracy)} (95 % interval ${percent(interval[0], { unit: false })}-${percent(interval[1])}, n = ${n})`;
}

function classTable({ perClass }: Evaluation): string[] {
  return tableLines({
    columns: ['class', 'precision', 'recall', 'F1', 'support'],
    rows: perClass.map((one) => [
      one.label,
      withInterval(one.precision, one.precisionInterval),
      withInterval(one.recall, one.recallInterval),
      withInterval(one.f1, one.f1Interval),
      String(one.support),
    ]),
  });
}

function matrixTable({ confusionMatrix, labels }: Evaluation): string[] {
  return tableLines({
    columns: ['', ...labels],
    rows: confusionMatrix.map((counts, i) => [labels[i]!, ...counts.map(String)]),
  });
}

/** `0.634 (0.615-0.652)`. */
export function withInterval(value: number, [low, high]: readonly [number, number]): string {
  return `${value.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
}
