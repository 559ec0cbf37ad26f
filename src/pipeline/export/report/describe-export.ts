// The result of an export as text for a terminal.
import { percent } from '../../../core/numbers/percent.js';
import type { Evaluation } from '../../evaluate/evaluate.js';
import { shareText } from '../../report/markdown.js';
import { describeParity, type ExportedRun } from '../export.js';
import { int8RuleText } from '../judge-int8.js';
import type { Int8Outcome } from '../try-int8.js';

/** Several lines, ending with a line end. `files`: the paths of the written files. */
export function describeExport(
  files: Readonly<Record<'model' | 'card' | 'evaluation' | 'int8' | 'int8Evaluation', string>>,
  { model, batchNorms, parity, figures, int8 }: ExportedRun,
): string {
  return [
    `${files.model}: ${(model.length / 1e6).toFixed(2)} MB, ${batchNorms.folded} batch normalisations folded${batchNorms.left > 0 ? `, ${batchNorms.left} left` : ''}; card: ${files.card}${figures === null ? '' : `; evaluation: ${files.evaluation}`}`,
    `  ${describeParity(parity)}`,
    figures === null ? '  no row was left to validate' : `  ${describeAccuracy(figures.evaluation)}`,
    ...(int8 === undefined ? [] : describeInt8(files, int8)),
    '',
  ].join('\n');
}

function describeAccuracy({ split, accuracy, interval, n }: Evaluation): string {
  return `${split}: accuracy ${shareText(accuracy, interval, n)}`;
}

function describeInt8(
  files: { readonly int8: string; readonly int8Evaluation: string },
  { kept, reasons, figures, times }: Int8Outcome,
): string[] {
  const { float, int8, loss } = figures;
  const inPoints = (difference: number) => percent(difference, { digits: 2, unit: false });
  return [
    `int8: ${kept ? `${files.int8}, ${(int8.bytes / 1e6).toFixed(2)} MB; evaluation: ${files.int8Evaluation}` : `not kept: ${reasons.join('; ')}`}`,
    `  the rule: ${int8RuleText}`,
    `  accuracy ${percent(int8.accuracy, { digits: 2 })} against ${percent(float.accuracy, { digits: 2 })}: loses ${inPoints(loss.difference)} points, 95 % interval ${loss.interval.map(inPoints).join(' to ')}, n = ${float.n}`,
    ...times.map(
      ({ runtime, floatMs, int8Ms }) =>
        `  one picture in ${runtime}: ${int8Ms.toFixed(2)} ms against ${floatMs.toFixed(2)} ms, ${(int8Ms / floatMs).toFixed(2)} of the time`,
    ),
  ];
}
