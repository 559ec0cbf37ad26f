// The figures of a detector as text for a terminal.
import { tableLines } from '../../report/text-table.js';
import {
  atScoreText,
  comparisonTable,
  countText,
  pointsText,
  recallTable,
  sizeTable,
  timeText,
} from './detector-tables.js';
import { type DetectorEvaluation, seenText } from './format-detector-evaluation.js';

/** Several lines, ending with a line end. */
export function describeDetectorEvaluation(evaluation: DetectorEvaluation): string {
  const { pictures, which, faces, leftOut, compared = [] } = evaluation;
  const points = pointsText(evaluation);
  const seen = seenText(evaluation);
  const tables = faces === 0 ? [] : [...tableLines(sizeTable(evaluation)), ...tableLines(recallTable(evaluation))];
  return [
    `${countText(pictures, 'picture')} ${which}, ${countText(faces, 'face')}${leftOut === 0 ? '' : `; ${countText(leftOut, 'picture')} left out`}`,
    ...(seen === undefined ? [] : [`warning: ${seen}`]),
    ...tables,
    atScoreText(evaluation),
    ...(points === undefined ? [] : [points]),
    timeText(evaluation),
    ...(compared.length === 0 ? [] : ['', ...tableLines(comparisonTable([evaluation, ...compared]))]),
    ...compared.flatMap((other) => seenText(other) ?? []).map((text) => `warning: of those beside it, ${text}`),
    '',
  ].join('\n');
}
