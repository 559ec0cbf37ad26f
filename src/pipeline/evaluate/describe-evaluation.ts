// An evaluation as text for a terminal: every accuracy with n, its 95 % interval and its split.
import type { Evaluation } from './evaluate.js';

/** Several lines, ending with a line end. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { split, withoutTrainingTwins: unseen } = evaluation;
  const lines = [
    `${split}${evaluation.test ? ' (test)' : ''}: accuracy ${share(evaluation)}`,
    ...looks(evaluation),
    ...(unseen === null || unseen.n === 0
      ? []
      : [`  without the ${unseen.twins} pictures that Training holds too: ${share(unseen)}`]),
    `  macro F1 ${fixed(evaluation.macroF1)}   balanced accuracy ${fixed(evaluation.balancedAccuracy)}   top 2 ${fixed(evaluation.top2)}`,
    `  log loss ${fixed(evaluation.nll)}   Brier ${fixed(evaluation.brier)}   calibration error ${fixed(evaluation.ece)}`,
    '',
    ...classTable(evaluation),
    '',
    'confusion matrix (rows: truth, columns: predicted)',
    ...matrixTable(evaluation),
  ];
  return `${lines.join('\n')}\n`;
}

function looks({ testTimeAugmentation: kind }: Evaluation): string[] {
  if (kind === 'none') return [];
  const each = kind === 'flip' ? 'each picture and its mirror image' : 'ten crops of each picture';
  return [`  mean of the probabilities of ${each}`];
}

function share({ accuracy, interval, n }: Pick<Evaluation, 'accuracy' | 'interval' | 'n'>): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(accuracy)} % (95 % interval ${percent(interval[0])}-${percent(interval[1])} %, n = ${n})`;
}

function classTable({ perClass, labels }: Evaluation): string[] {
  const first = width(labels, 'class');
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(first)}${cells.map((c) => c.padStart(11)).join('')}`;
  return [
    row('class', ['precision', 'recall', 'F1', 'support']),
    ...perClass.map(({ label, precision, recall, f1, support }) =>
      row(label, [fixed(precision), fixed(recall), fixed(f1), String(support)]),
    ),
  ];
}

function matrixTable({ confusionMatrix, labels }: Evaluation): string[] {
  const first = width(labels, '');
  const columns = labels.map((label, i) =>
    Math.max(label.length, ...confusionMatrix.map((row) => String(row[i]).length)),
  );
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(first)}${cells.map((cell, i) => `  ${cell.padStart(columns[i]!)}`).join('')}`;
  return [row('', labels), ...confusionMatrix.map((counts, i) => row(labels[i]!, counts.map(String)))];
}

function width(labels: readonly string[], heading: string): number {
  return Math.max(heading.length, ...labels.map((label) => label.length));
}

function fixed(value: number): string {
  return value.toFixed(3);
}
