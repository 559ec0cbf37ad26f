// A detector's evaluation as a folder: a page that works offline, its charts and sheets as files, the figures as JSON. Loads ECharts.
import type { BlobStore } from '../../../core/ports/blob-store.js';
import type { EncodePicture } from '../../../core/ports/encode-picture.js';
import { createReportFiles } from '../../report/report-files.js';
import { paragraph, reportPage, section, tableHtml } from '../../report/report-page.js';
import type { DetectedPicture } from '../detect-pictures.js';
import { detectorCurves } from '../detector-curves.js';
import { findMistakes } from '../detector-mistakes.js';
import { comparisonFigure, precisionFigure, recallFigure } from './detector-charts.js';
import {
  atScoreText,
  comparisonTable,
  countText,
  detectorName,
  pointsText,
  recallTable,
  sizeTable,
  timeText,
} from './detector-tables.js';
import { type DetectorEvaluation, formatDetectorEvaluation, seenText } from './format-detector-evaluation.js';
import { falseSheet, missedSheet } from './mistake-sheets.js';

export interface DetectorReportSources {
  readonly evaluation: DetectorEvaluation;
  /** What the figures are of; pictures with mistakes are read again. */
  readonly detected: readonly DetectedPicture[];
  /** The same of each of `evaluation.compared`. */
  readonly others?: readonly (readonly DetectedPicture[])[];
  readonly encodePng: EncodePicture;
}

/** Writes the figures, an SVG per chart, a PNG per sheet, and the page last; gives the names of the files. */
export async function writeDetectorReport(
  store: BlobStore,
  { evaluation, detected, others = [], encodePng }: DetectorReportSources,
): Promise<string[]> {
  const { which, pictures, faces, leftOut, matching, atScore, compared = [] } = evaluation;
  const files = createReportFiles(store, encodePng);
  await files.write('evaluation.json', formatDetectorEvaluation(evaluation));
  const seen = seenText(evaluation);
  const points = pointsText(evaluation);
  const sections = [
    paragraph(
      `${countText(pictures, 'picture')} ${which}, ${countText(faces, 'face')}${leftOut === 0 ? '' : `; ${countText(leftOut, 'picture')} left out`}. ${matchingTexts[matching]}`,
    ),
    ...(seen === undefined ? [] : [paragraph(sentence(seen))]),
    paragraph(sentence(atScoreText(evaluation))),
    paragraph(sentence(points === undefined ? timeText(evaluation) : `${points}; ${timeText(evaluation)}`)),
  ];
  if (faces > 0) {
    const curves = detectorCurves(detected, matching);
    sections.push(
      section('Precision by face size', [tableHtml(sizeTable(evaluation)), await files.chart(precisionFigure(curves))]),
      section('Recall', [tableHtml(recallTable(evaluation)), await files.chart(recallFigure(curves, evaluation))]),
    );
  }
  if (compared.length > 0) {
    const all = [evaluation, ...compared];
    const lines = [detected, ...others].map((own, i) => ({
      name: detectorName(all[i]!),
      recall: detectorCurves(own, matching)[0]?.recall ?? [],
    }));
    const chart = faces === 0 ? [] : [await files.chart(comparisonFigure(lines, pictures))];
    sections.push(section('Beside other detectors', [tableHtml(comparisonTable(all)), ...chart]));
  }
  const mistakes = findMistakes(detected, { matching, score: atScore.score });
  const sheets = [await missedSheet(mistakes, atScore.score), await falseSheet(mistakes, atScore.score)];
  const shown: string[] = [];
  for (const sheet of sheets) if (sheet !== undefined) shown.push(await files.sheet(sheet));
  sections.push(section('Mistakes', shown.length === 0 ? [paragraph('There are none.')] : shown));
  await files.write('report.html', reportPage(`Face detector: ${detectorName(evaluation)}`, sections));
  return [...files.names];
}

const matchingTexts = {
  overlap: 'A detection is correct from an intersection over union of 0.5 with a face on.',
  centre:
    'A detection is correct when its centre lies within half a width of that of a face, and the widths differ by a factor of at most 2.5.',
} as const;

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
