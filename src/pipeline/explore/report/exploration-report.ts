// The exploration of a dataset as a folder: a page that works offline, and its charts and sheets as files. Loads ECharts.
import type { PackedDataset } from '../../../core/dataset/packed-dataset.js';
import type { BlobStore } from '../../../core/ports/blob-store.js';
import type { EncodePicture } from '../../../core/ports/encode-picture.js';
import { createReportFiles } from '../../report/report-files.js';
import { foldedSection, paragraph, reportPage, section, tableHtml } from '../../report/report-page.js';
import type { ExploreConfig } from '../config.js';
import { type Exploration, lightMeasures } from '../exploration.js';
import { countTable, leftOut, lightTable, sizeTable } from './describe-exploration.js';
import { classFigure, lightByClassFigure, lightFigure } from './exploration-charts.js';
import { meanFaceSheet, sampleSheets } from './sample-sheets.js';

export interface ReportSources {
  readonly exploration: Exploration;
  readonly dataset: PackedDataset;
  readonly config: ExploreConfig;
  readonly encodePng: EncodePicture;
}

/** Writes the page, an SVG per chart and a PNG per sheet, the page last; gives the names of the files. */
export async function writeExplorationReport(store: BlobStore, sources: ReportSources): Promise<string[]> {
  const { exploration, dataset, config, encodePng } = sources;
  const files = createReportFiles(store, encodePng);
  const classes = await files.chart(classFigure(exploration));
  const means = await files.sheet(meanFaceSheet(dataset));
  const samples: string[] = [];
  for (const one of sampleSheets(dataset, config)) samples.push(await files.sheet(one));
  const light: string[] = [];
  for (const measure of lightMeasures) {
    light.push(await files.chart(lightFigure(exploration, measure)));
    light.push(await files.chart(lightByClassFigure(exploration, measure)));
  }
  const page = reportPage(`Data: ${exploration.name}`, [
    ...overview(exploration),
    section('Classes', [classes, tableHtml(countTable(exploration))]),
    section('Sizes', sizes(exploration)),
    section('Mean faces', [means]),
    section('Samples', samples),
    section('Brightness and contrast', light),
    foldedSection('Brightness and contrast in numbers', lightNumbers(exploration)),
  ]);
  await files.write('report.html', page);
  return [...files.names];
}

function overview({ name, count, width, height, hash, broken, problems, findings }: Exploration): string[] {
  return [
    paragraph(`${count.toLocaleString('en')} samples of ${width} x ${height} pixels from ${name}. Hash ${hash}.`),
    ...[...leftOut(broken), ...findings].map(paragraph),
    ...(problems.length > 0 ? [foldedSection('Left out', problems.map(paragraph))] : []),
  ];
}

function sizes(exploration: Exploration): string[] {
  const origin =
    exploration.kinds === null
      ? 'A packed dataset has one size, that of its import. Explore the folder of pictures itself for the sizes of its files.'
      : 'As the files are, turned upright, before they are made grey and brought to one size.';
  return [paragraph(origin), tableHtml(sizeTable(exploration))];
}

function lightNumbers(exploration: Exploration): string[] {
  return lightMeasures.flatMap((measure) => [
    paragraph(`The median ${measure}, and the range from 5 to 95 %.`),
    tableHtml(lightTable(exploration, measure)),
  ]);
}
