// The figures of a card: everything with its split, n and interval, and the confusion matrix behind them.

import type { Accuracy } from '../../../core/metrics/classification-figures.js';
import { percent } from '../../../core/numbers/percent.js';
import type { Evaluation } from '../../evaluate/evaluate.js';
import type { StressEvaluation } from '../../evaluate/stress.js';
import { count, markdownTable, plain, shareText } from '../../report/markdown.js';
import type { ExportFigures } from '../export.js';
import { int8RuleText } from '../judge-int8.js';
import type { Int8Outcome } from '../try-int8.js';

/** A section: the summary, each class, and the confusion matrix. */
export function describeFigures({ evaluation, mirrored, stress }: ExportFigures): string {
  const { split, n } = evaluation;
  return [
    `## Figures on ${plain(split)} (validation, n = ${count(n)})`,
    markdownTable([['measured', 'figure'], ...summaryRows(evaluation, mirrored), ...stressRows(stress)]),
    classTable(evaluation),
    'Rows are the truth, columns what the model said:',
    matrixTable(evaluation),
  ].join('\n\n');
}

function summaryRows(evaluation: Evaluation, mirrored: Accuracy): string[][] {
  const { accuracy, interval, withoutTrainingTwins: unseen } = evaluation;
  const fixed = (value: number) => value.toFixed(3);
  const shown = (share: number) => percent(share);
  const withInterval = (figure: keyof Evaluation['intervals'], text: (value: number) => string): string =>
    `${text(evaluation[figure])} (95 % interval ${evaluation.intervals[figure].map(text).join(' to ')})`;
  return [
    [
      'accuracy',
      `**${percent(accuracy, { digits: 2 })}** (Wilson's 95 % interval ${percent(interval[0], { unit: false })} to ${percent(interval[1])})`,
    ],
    ['accuracy, mean with the mirror image', shareText(mirrored.accuracy, mirrored.interval)],
    ...(unseen === null || unseen.n === 0
      ? []
      : [
          [
            `accuracy without the ${count(unseen.twins)} pictures that are pixel for pixel in the Training rows`,
            shareText(unseen.accuracy, unseen.interval, unseen.n),
          ],
        ]),
    ['macro F1', withInterval('macroF1', fixed)],
    ['balanced accuracy', withInterval('balancedAccuracy', shown)],
    ['the right class among the two most probable', withInterval('top2', shown)],
    ['negative log-likelihood', withInterval('nll', fixed)],
    ['Brier score', withInterval('brier', fixed)],
    ['expected calibration error, 15 bins', withInterval('ece', fixed)],
  ];
}

function stressRows(stress: StressEvaluation | undefined): string[][] {
  if (stress === undefined) return [];
  return [
    [
      `accuracy under stress, mean of ${stress.stresses.length} kinds at ${stress.stresses[0]?.strengths.length ?? 0} strengths`,
      shareText(stress.stressedMean, stress.stressedInterval),
    ],
    ['mean of clean and stressed', shareText(stress.cleanAndStressedMean, stress.cleanAndStressedInterval)],
  ];
}

function classTable({ perClass }: Evaluation): string {
  return markdownTable([
    ['class', 'pictures', 'precision', 'recall', 'F1'],
    ...perClass.map(({ label, support, precision, recall, f1 }) => [
      label,
      count(support),
      percent(precision),
      percent(recall),
      f1.toFixed(3),
    ]),
  ]);
}

function matrixTable({ labels, confusionMatrix }: Evaluation): string {
  return markdownTable([['', ...labels], ...confusionMatrix.map((row, i) => [`**${labels[i]}**`, ...row.map(String)])]);
}

/** A section about the int8 form, kept or not; `file`: its name when it is kept. */
export function describeInt8({ kept, reasons, figures, times }: Int8Outcome, file: string): string {
  const { float, int8, loss, agreement, calibration, split } = figures;
  const inPoints = (difference: number) => percent(difference, { digits: 2, unit: false });
  const verdict = kept
    ? `\`${plain(file)}\` is the same model with its convolutions in 8-bit integers.`
    : `An int8 form was made and not kept: ${reasons.join('; ')}.`;
  return [
    '## The int8 form',
    `${verdict} The rule: ${int8RuleText}. Ranges come from ${count(calibration.pictures)} training pictures.`,
    markdownTable([
      ['measured', 'float', 'int8'],
      [
        `accuracy, ${plain(split)}, n = ${count(float.n)}`,
        ...[float, int8].map(({ accuracy, interval }) => shareText(accuracy, interval)),
      ],
      ['negative log-likelihood', float.nll.toFixed(3), int8.nll.toFixed(3)],
      ['size', ...[float, int8].map(({ bytes }) => `${(bytes / 1e6).toFixed(2)} MB`)],
      ...times.map(({ runtime, floatMs, int8Ms }) => [
        `one picture, ${runtime}, median of 200`,
        ...[floatMs, int8Ms].map((ms) => `${ms.toFixed(2)} ms`),
      ]),
    ]),
    `It loses ${inPoints(loss.difference)} points of accuracy (95 % interval ${loss.interval.map(inPoints).join(' to ')}, Newcombe's for pairs); both name the same class for ${percent(agreement)} of the pictures.`,
  ].join('\n\n');
}
