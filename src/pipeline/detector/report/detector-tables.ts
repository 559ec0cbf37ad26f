// The figures of a detector as tables, for terminal, page and card.
import { percent } from '../../../core/numbers/percent.js';
import type { ReportTable } from '../../report/report-table.js';
import type { DetectorFigures, RangeFigures } from '../evaluate-detector.js';
import type { DetectorEvaluation } from './format-detector-evaluation.js';

/** Average precision of all faces, then by size. */
export function sizeTable({ ranges }: DetectorFigures): ReportTable {
  return {
    columns: ['face size, pixels', 'faces', 'average precision', '95 % interval'],
    rows: ranges.map(({ averagePrecision: own, faces, ...range }) => [
      sizesOf(range),
      faces.toLocaleString('en'),
      own === null ? '–' : percent(own.value),
      own === null ? '–' : intervalText(own.interval),
    ]),
  };
}

/** Recall at numbers of false detections. */
export function recallTable({ recalls, faces }: DetectorFigures): ReportTable {
  return {
    columns: ['false detections per picture', 'recall', '95 % interval', 'faces', 'from score'],
    rows: recalls.map(({ wrong, recall, interval, score }) => [
      String(wrong),
      percent(recall),
      intervalText(interval),
      faces.toLocaleString('en'),
      score === null ? '–' : score.toFixed(2),
    ]),
  };
}

/** Detectors on the same pictures: a row each, all sizes, the last columns at each one's own threshold. */
export function comparisonTable(evaluations: readonly DetectorEvaluation[]): ReportTable {
  const at = evaluations[0]!.recalls.map(({ wrong }) => `at ${wrong} false`);
  return {
    columns: ['detector', 'average precision', ...at, 'from score', 'recall', 'false per picture', 'ms'],
    rows: evaluations.map((evaluation) => {
      const { ranges, recalls, atScore, pictures, latencyMs } = evaluation;
      const all = ranges[0]!.averagePrecision;
      return [
        detectorName(evaluation),
        all === null ? '–' : `${percent(all.value)} (${intervalText(all.interval)})`,
        ...recalls.map(({ recall }) => percent(recall)),
        String(atScore.score),
        `${percent(atScore.recall)} (${intervalText(atScore.interval)})`,
        (atScore.wrong / pictures).toFixed(3),
        latencyMs.median.toFixed(1),
      ];
    }),
  };
}

/** `my-run, 12 epochs`: several models may be of one run. */
export function detectorName({ detector, epoch }: Pick<DetectorEvaluation, 'detector' | 'epoch'>): string {
  return epoch === null ? detector : `${detector}, ${countText(epoch, 'epoch')}`;
}

/** What counts from the score on, in a phrase. */
export function atScoreText({ atScore, faces, pictures }: DetectorFigures): string {
  const { score, found, wrong, recall, interval } = atScore;
  const falsely = `${countText(wrong, 'false detection')}, ${(wrong / pictures).toFixed(3)} per picture`;
  if (faces === 0) return `from a score of ${score}: ${falsely}`;
  return `from a score of ${score}: ${found} of ${countText(faces, 'face')} found, ${percent(recall)} (95 % interval ${intervalText(interval)}); ${falsely}`;
}

/** The error of the key points, in a phrase; undefined where none are known. */
export function pointsText({ points }: DetectorFigures): string | undefined {
  if (points === null) return undefined;
  return `key points ${percent(points.meanError)} of the distance between the eyes off, mean of ${countText(points.faces, 'face')} of 40 pixels and more`;
}

export function timeText({ latencyMs }: DetectorFigures): string {
  return `time per picture: median ${latencyMs.median.toFixed(1)} ms, 95 % below ${latencyMs.p95.toFixed(1)} ms`;
}

/** `24 to 40`; `all` for every size. */
export function sizesOf({ from, below }: Pick<RangeFigures, 'from' | 'below'>): string {
  if (below === null) return from === 0 ? 'all' : `${from} and more`;
  return `${from} to ${below}`;
}

/** `1 face`, `1,200 faces`. */
export function countText(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;
}

/** `67.0 to 70.0 %`. */
export function intervalText([low, high]: readonly [number, number]): string {
  return `${percent(low, { unit: false })} to ${percent(high)}`;
}
