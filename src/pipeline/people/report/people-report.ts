// An evaluation of people as a folder: a page that works offline, its charts as files, the figures as JSON. Loads ECharts.
import type { BlobStore } from '../../../core/ports/blob-store.js';
import type { EncodePicture } from '../../../core/ports/encode-picture.js';
import { createReportFiles } from '../../report/report-files.js';
import { foldedSection, paragraph, reportPage, section, tableHtml } from '../../report/report-page.js';
import type { PeopleEvaluation } from '../evaluate-people.js';
import { curveTable, protocol, rateTable, splitTable } from './describe-people-evaluation.js';
import { thresholdFigure, tradeFigure } from './people-charts.js';

export interface PeopleReportSources {
  readonly evaluation: PeopleEvaluation;
  readonly encodePng: EncodePicture;
}

/** Writes the figures, an SVG per chart, and the page last; gives the names of the files. */
export async function writePeopleReport(
  store: BlobStore,
  { evaluation, encodePng }: PeopleReportSources,
): Promise<string[]> {
  const files = createReportFiles(store, encodePng);
  await files.write('evaluation.json', `${JSON.stringify(evaluation)}\n`);
  const page = reportPage('People: known and strangers', [
    ...protocol(evaluation).map(paragraph),
    section('Figures', [tableHtml(rateTable(evaluation))]),
    section('Thresholds', [
      await files.chart(thresholdFigure(evaluation)),
      await files.chart(tradeFigure(evaluation)),
      foldedSection('The rates as a table', [tableHtml(curveTable(evaluation))]),
    ]),
    section('Splits', [tableHtml(splitTable(evaluation))]),
  ]);
  await files.write('report.html', page);
  return [...files.names];
}
