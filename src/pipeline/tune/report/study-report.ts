// A study as a self-contained page, each chart also as a file. Loads ECharts: import it only when a report is asked for.
import type { BlobStore } from '../../../core/ports/blob-store.js';
import type { EncodePicture } from '../../../core/ports/encode-picture.js';
import { parameterImportances } from '../../../core/tuning/importance.js';
import { createReportFiles, type NamedFigure } from '../../report/report-files.js';
import { foldedSection, paragraph, reportPage, section, tableHtml } from '../../report/report-page.js';
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

/** With fewer complete trials there are no charts of parameters. */
const leastTrials = 4;
/** Contours are drawn for all pairs of this many of the most important parameters. */
const contoured = 3;

/** Figures under a common heading. */
export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly NamedFigure[];
}

/** Every chart for which there are enough trials. */
export function studyFigures(study: ShownStudy): FigureGroup[] {
  const complete = completeTrials(study.trials);
  const groups: FigureGroup[] = [];
  if (complete.length > 0) groups.push({ title: 'History', figures: [historyFigure(study)] });
  const axes = parameterNames(complete).flatMap((name) => parameterAxis(name, complete) ?? []);
  if (complete.length >= leastTrials && axes.length > 0) {
    const importances = parameterImportances(study.trials, study.direction);
    const ranked = [...importances.keys()].flatMap((name) => axes.find((axis) => axis.name === name) ?? []);
    groups.push({ title: 'Parameters', figures: [importanceFigure(importances), parallelFigure(study, ranked)] });
    groups.push({ title: 'One parameter at a time', figures: ranked.map((axis) => sliceFigure(study, axis)) });
    const top = ranked.slice(0, contoured);
    const contours = top.flatMap((x, i) => top.slice(i + 1).map((y) => contourFigure(study, x, y)));
    if (contours.length > 0) groups.push({ title: 'Two parameters at a time', figures: contours });
  }
  if (study.trials.some(({ intermediateValues }) => intermediateValues.size > 0)) {
    groups.push({ title: 'Reports', figures: [reportsFigure(study)] });
  }
  return withOwnFiles(groups);
}

/** Different parameters may give the same file name: later ones get a number. */
function withOwnFiles(groups: readonly FigureGroup[]): FigureGroup[] {
  const taken = new Set<string>();
  const own = (file: string): string => {
    let name = file;
    for (let number = 2; taken.has(name); number++) name = `${file}-${number}`;
    taken.add(name);
    return name;
  };
  return groups.map(({ title, figures }) => ({
    title,
    figures: figures.map((figure) => ({ ...figure, file: own(figure.file) })),
  }));
}

/** Writes report.html and the charts; returns the names of the files. */
export async function writeStudyReport(
  store: BlobStore,
  study: ShownStudy,
  encodePng: EncodePicture,
): Promise<readonly string[]> {
  const files = createReportFiles(store, encodePng);
  const sections = [
    paragraph(`${countsOf(study.trials)}; the value is to ${study.direction}.`),
    completeTrials(study.trials).length === 0
      ? paragraph('No trial is complete yet.')
      : section('Best trial', [bestTable(study)]),
  ];
  for (const { title, figures } of studyFigures(study)) {
    const charts: string[] = [];
    for (const figure of figures) charts.push(await files.chart(figure));
    sections.push(section(title, charts));
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
