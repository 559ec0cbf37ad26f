// A study as a self-contained page, each chart also as a file. Loads ECharts: import it only when a report is asked for.
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { EncodePicture } from '../../core/ports/encode-picture.js';
import { parameterImportances } from '../../core/tuning/importance.js';
import { createReportFiles } from '../report/report-files.js';
import { foldedSection, paragraph, reportPage, section, tableHtml } from '../report/report-page.js';
import { contourFigure } from './contour-figure.js';
import { bestTrials, countsOf, parameterNames, shortNumber, shownValue, trialTable } from './describe-study.js';
import {
  completeTrials,
  historyFigure,
  importanceFigure,
  parallelFigure,
  reportsFigure,
  type ShownStudy,
  sliceFigure,
} from './study-charts.js';
import { parameterAxis } from './value-axis.js';

/** Fewer complete trials tell nothing about parameters. */
const leastTrials = 4;
/** Contours are drawn for the pairs among so many of the most important parameters. */
const contoured = 3;

/** Writes report.html and the charts; the names of the files. */
export async function writeStudyReport(
  store: BlobStore,
  study: ShownStudy,
  encodePng: EncodePicture,
): Promise<readonly string[]> {
  const files = createReportFiles(store, encodePng);
  const complete = completeTrials(study.trials);
  const sections = [
    paragraph(`${countsOf(study.trials)}; the value is to ${study.direction}.`),
    ...(complete.length === 0 ? [paragraph('No trial is complete yet.')] : [section('Best trial', [bestTable(study)])]),
  ];
  if (complete.length > 0) sections.push(section('History', [await files.chart(historyFigure(study))]));
  const axes = parameterNames(complete).flatMap((name) => parameterAxis(name, complete) ?? []);
  if (complete.length >= leastTrials && axes.length > 0) {
    const importances = parameterImportances(study.trials, study.direction);
    const ranked = [...importances.keys()].flatMap((name) => axes.find((axis) => axis.name === name) ?? []);
    const charts = [await files.chart(importanceFigure(importances)), await files.chart(parallelFigure(study, ranked))];
    sections.push(section('Parameters', charts));
    const slices: string[] = [];
    for (const axis of ranked) slices.push(await files.chart(sliceFigure(study, axis)));
    sections.push(section('One parameter at a time', slices));
    const contours: string[] = [];
    for (const [i, x] of ranked.slice(0, contoured).entries()) {
      for (const y of ranked.slice(i + 1, contoured)) contours.push(await files.chart(contourFigure(study, x, y)));
    }
    if (contours.length > 0) sections.push(section('Two parameters at a time', contours));
  }
  if (study.trials.some(({ intermediateValues }) => intermediateValues.size > 0)) {
    sections.push(section('Reports', [await files.chart(reportsFigure(study))]));
  }
  sections.push(foldedSection('Every trial', [tableHtml(trialTable(study))]));
  await files.write('report.html', reportPage(`Study: ${study.name}`, sections));
  return files.names;
}

function bestTable(study: ShownStudy): string {
  const best = bestTrials(study)[0]!;
  const rows = Object.entries(best.params).map(([name, value]) => [name, shownValue(value)]);
  return tableHtml({ columns: [`trial ${best.number}`, shortNumber(best.value!)], rows });
}
