// The figures of a detector as text for a terminal.
import { tableLines } from '../../report/text-table.js';
import { atScoreText, countText, pointsText, recallTable, sizeTable, timeText } from './detector-tables.js';
import { type DetectorEvaluation, seenText } from './format-detector-evaluation.js';

/** Several lines, ending with a line end. */
export function describeDetectorEvaluation(evaluation: DetectorEvaluation): string {
  const { pictures, which, faces, leftOut } = evaluation;
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
    '',
  ].join('\n');
}
