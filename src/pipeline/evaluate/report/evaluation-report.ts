// An evaluation as a folder: a page that works offline, its charts and pictures as files, the figures as JSON. Loads ECharts.

import type { PackedDataset } from '../../../core/dataset/packed-dataset.js';
import { percent } from '../../../core/numbers/percent.js';
import type { BlobStore } from '../../../core/ports/blob-store.js';
import type { EncodePicture } from '../../../core/ports/encode-picture.js';
import { createReportFiles } from '../../report/report-files.js';
import { foldedSection, paragraph, reportPage, section, tableHtml } from '../../report/report-page.js';
import type { ModelComparison } from '../compare-models.js';
import type { Evaluation } from '../evaluate.js';
import type { StressEvaluation } from '../stress.js';
import { describeDifference } from './describe-comparison.js';
import { describeSeen, describeShare } from './describe-evaluation.js';
import { classesFigure, confusionFigure, reliabilityFigure, stressFigure } from './evaluation-charts.js';
import {
  classTable,
  comparisonTable,
  confusionTable,
  figureTable,
  reliabilityTable,
  stressTable,
} from './evaluation-tables.js';
import { type EvaluationFigures, formatEvaluation } from './format-evaluation.js';
import { mistakeSheet } from './mistake-sheet.js';

export interface EvaluationSources {
  readonly figures: EvaluationFigures;
  readonly dataset: PackedDataset;
  readonly encodePng: EncodePicture;
}

/** Writes the figures, an SVG per chart, a PNG of the most confident mistakes, and the page last; gives the names of the files. */
export async function writeEvaluationReport(
  store: BlobStore,
  { figures, dataset, encodePng }: EvaluationSources,
): Promise<string[]> {
  const { split, model, comparison, stress } = figures;
  const files = createReportFiles(store, encodePng);
  await files.write('evaluation.json', formatEvaluation(figures));
  const sections = [
    ...overview(figures, dataset),
    section('Figures', [tableHtml(figureTable(figures))]),
    ...(comparison === undefined ? [] : [comparisonSection(figures, comparison)]),
    section('What is taken for what', [
      await files.chart(confusionFigure(figures)),
      foldedSection('The counts as a table', [tableHtml(confusionTable(figures))]),
    ]),
    section('Classes', [await files.chart(classesFigure(figures)), tableHtml(classTable(figures))]),
    section('Calibration', [
      await files.chart(reliabilityFigure(figures)),
      foldedSection('The bins as a table', [tableHtml(reliabilityTable(figures))]),
    ]),
  ];
  if (stress !== undefined) {
    const chart = await files.chart(stressFigure(stress));
    sections.push(section('Stress', [...stressSummary(stress), chart, tableHtml(stressTable(stress))]));
  }
  const mistakes =
    figures.worstMistakes.length === 0
      ? paragraph('There are none.')
      : await files.sheet(mistakeSheet(dataset, figures));
  sections.push(section('Mistakes', [mistakes]));
  await files.write('report.html', reportPage(`Evaluation: ${model.run} on ${split}`, sections));
  return [...files.names];
}

/** The model, the data, and warnings about the figures. */
function overview(figures: EvaluationFigures, dataset: PackedDataset): string[] {
  const { model, split, test, testLook, testTimeAugmentation: views, perClass } = figures;
  const missing = perClass.filter(({ support }) => support === 0).map(({ label }) => label);
  const seen = describeSeen(figures);
  return [
    paragraph(`${split}${test ? ' (test)' : ''}: accuracy ${describeShare(figures)}.`),
    paragraph(
      `Model: ${model.architecture}, run ${model.run}, ${model.trainedOn}. ${model.temperature === 1 ? 'Not calibrated' : `Calibrated, temperature ${model.temperature.toFixed(3)}`}.`,
    ),
    paragraph(`Data: ${dataset.source.name}, ${split}. Hash ${figures.dataset}.`),
    ...(views === 'none' ? [] : [paragraph(`Each picture is judged by the mean of ${viewNames[views]}.`)]),
    ...(testLook === undefined ? [] : [paragraph(`Look ${testLook.number} at this test split by the model.`)]),
    ...(seen === undefined ? [] : [paragraph(`${seen[0]!.toUpperCase()}${seen.slice(1)}.`)]),
    ...(missing.length === 0
      ? []
      : [paragraph(`No sample is ${missing.join(' or ')}: their figures rest on nothing.`)]),
  ];
}

const viewNames = { flip: 'its probabilities and those of its mirror image', 'ten-crop': 'ten crops of it' } as const;

function comparisonSection(figures: Evaluation, comparison: ModelComparison): string {
  const { name, model } = comparison;
  const difference = describeDifference(comparison);
  return section('Beside another model', [
    paragraph(`${name}: ${model.architecture}, run ${model.run}, ${model.trainedOn}.`),
    tableHtml(comparisonTable(figures, comparison)),
    paragraph(`${difference[0]!.toUpperCase()}${difference.slice(1)}.`),
  ]);
}

function stressSummary({ n, clean, ...means }: StressEvaluation): string[] {
  const [stressed, both] = [means.stressedInterval, means.cleanAndStressedInterval].map(
    ([low, high]) => `95 % interval ${percent(low)} to ${percent(high)}`,
  );
  return [
    paragraph(`Undistorted: ${describeShare(clean)}.`),
    paragraph(
      `Mean of all distortions: ${percent(means.stressedMean)} (${stressed}); halfway between both: ${percent(means.cleanAndStressedMean)} (${both}); n = ${n.toLocaleString('en')}.`,
    ),
  ];
}
