// The figures of a detector as text for a terminal.
import { percent } from '../../../core/numbers/percent.js';
import { tableLines } from '../../report/text-table.js';
import type { DetectorFigures, RangeFigures } from '../evaluate-detector.js';

/** Several lines, ending with a line end. `what` names the pictures: "pictures of ...". */
export function describeDetectorEvaluation(figures: DetectorFigures, what: string): string {
  const { pictures, faces, ranges, recalls, atScore, points, latencyMs } = figures;
  const lines = [`${pictures} ${what}, ${faces} faces`];
  if (faces > 0) {
    const rows = ranges.map((range) => [
      sizesOf(range),
      String(range.faces),
      range.averagePrecision === null ? '–' : share(range.averagePrecision.value),
      range.averagePrecision === null ? '–' : interval(range.averagePrecision.interval),
    ]);
    lines.push(...tableLines({ columns: ['face size, pixels', 'faces', 'average precision, %', '95 %'], rows }));
    const atWrong = recalls.map(({ wrong, recall, interval: range, score }) => [
      String(wrong),
      share(recall),
      interval(range),
      score === null ? '–' : score.toFixed(2),
    ]);
    lines.push(...tableLines({ columns: ['wrong boxes a picture', 'recall, %', '95 %', 'score'], rows: atWrong }));
    lines.push(
      `from a score of ${atScore.score}: ${atScore.found} found, ${percent(atScore.recall)} (95 % interval ${interval(atScore.interval)}), ${atScore.wrong} wrong boxes`,
    );
  } else lines.push(`from a score of ${atScore.score}: ${atScore.wrong} wrong boxes`);
  if (points !== null) {
    lines.push(`key points: ${percent(points.meanError)} of the eye distance off, mean of ${points.faces} faces`);
  }
  lines.push(`time a picture: median ${latencyMs.median.toFixed(1)} ms, 95 % below ${latencyMs.p95.toFixed(1)} ms`);
  return `${lines.join('\n')}\n`;
}

const share = (value: number): string => percent(value, { unit: false });
const interval = ([low, high]: readonly [number, number]): string => `${share(low)}-${share(high)}`;

function sizesOf({ from, below }: RangeFigures): string {
  if (below === null) return from === 0 ? 'all' : `${from} and more`;
  return `${from} to ${below}`;
}
