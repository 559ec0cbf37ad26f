// `moodlens evaluate`: a model's figures on one split of a dataset.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { writeFileAtomic, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { encodePng, recompressJpeg } from '../../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../../adapters/node/shipped-models.js';
import type { PackedDataset } from '../../../../core/dataset/packed-dataset.js';
import { readSplitFile } from '../../../../core/dataset/split-file.js';
import { ConfigError, RunError } from '../../../../core/errors.js';
import type { AskedModel, ExpressionModel } from '../../../../core/model/expression-model.js';
import { compareModels, type ModelComparison } from '../../../../pipeline/evaluate/compare-models.js';
import {
  type EvaluateConfig,
  evaluateConfigSchema,
  parseEvaluateConfig,
} from '../../../../pipeline/evaluate/config.js';
import { judgePredictions } from '../../../../pipeline/evaluate/evaluate.js';
import type { EvaluatedSamples } from '../../../../pipeline/evaluate/evaluated-samples.js';
import { predictSamples, type SamplePredictions } from '../../../../pipeline/evaluate/predict-samples.js';
import { describeSeen } from '../../../../pipeline/evaluate/report/describe-evaluation.js';
import { describeFigures } from '../../../../pipeline/evaluate/report/describe-figures.js';
import { type EvaluationFigures, formatEvaluation } from '../../../../pipeline/evaluate/report/format-evaluation.js';
import { seenInTraining } from '../../../../pipeline/evaluate/seen-in-training.js';
import { evaluateStress, type StressEvaluation } from '../../../../pipeline/evaluate/stress.js';
import { runFiles } from '../../../../pipeline/train/run-folder.js';
import { type EvaluatedDataOptions, evaluatedDataOption, openEvaluatedData } from '../../arguments/data.js';
import { jsonOption } from '../../arguments/json.js';
import { hashModelFile, modelOption, openExpressionModel, parseThreads, threadsOption } from '../../arguments/model.js';
import { personalModel, personalOption } from '../../arguments/personal.js';
import { addReportOptions, mayWriteReport, type ReportOptions } from '../../arguments/report.js';
import { addSampleOptions, chooseEvaluatedSamples } from '../../arguments/samples.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { addSkipBad } from '../../arguments/skip-bad.js';
import { readTextFile } from '../../arguments/text-file.js';
import { commandOf } from '../../command-descriptions.js';
import { withProgress } from '../../terminal/with-progress.js';
import { recordLook } from './record-test-look.js';
import { splitsBesideModel } from './splits-beside-model.js';

interface EvaluateOptions extends EvaluatedDataOptions, ReportOptions, z.input<typeof evaluateConfigSchema> {
  readonly model?: string;
  readonly personal?: string;
  readonly threads?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(evaluateConfigSchema);
/** Whether a report's folder has a file of that name. */
const isReportFile = (name: string) => /^(report\.html|evaluation\.json|worst-mistakes\.png|[a-z-]+\.svg)$/.test(name);

/** The command's definition. */
export function define(): Command {
  const command = commandOf('evaluate').addOption(modelOption()).addOption(evaluatedDataOption());
  addSampleOptions(command, stage)
    .addOption(personalOption('pictures'))
    .addOption(stage.option('compare'))
    .addOption(stage.option('tta'))
    .addOption(stage.option('stress'))
    .addOption(stage.option('stressSamples'))
    .addOption(stage.option('yesThisIsTheTest'));
  addSkipBad(command, 'broken rows of a CSV')
    .addOption(stage.option('batch'))
    .addOption(threadsOption())
    .option('--out <file>', 'also write the figures to this JSON file');
  return addReportOptions(command, 'charts and the surest mistakes')
    .addOption(jsonOption('the figures as JSON'))
    .action(evaluateModel);
}

async function evaluateModel(options: EvaluateOptions): Promise<void> {
  if (options.split === undefined && options.run === undefined) throw await splitNeeded(options);
  const config = parseEvaluateConfig(stage.given(options));
  const threads = parseThreads(options.threads);
  const overwrite = await mayWriteReport(options, isReportFile);
  const path = options.model ?? (await modelOfRun(config));
  const models: ExpressionModel[] = [];
  try {
    models.push(await openExpressionModel(path, { threads }));
    if (config.compare !== undefined) models.push(await openExpressionModel(config.compare, { threads }));
    const dataset = await withProgress('read', (progress) => openEvaluatedData(options, progress));
    const samples = await chooseEvaluatedSamples(dataset, config);
    const [general, other] = models;
    const model = options.personal === undefined ? general! : await personalModel(general!, options.personal, path);
    const asked = { model, other, isPersonal: options.personal !== undefined };
    const figures = await measure({ ...asked, dataset, samples, config, path });
    if (options.out !== undefined) await writeFileAtomic(options.out, formatEvaluation(figures));
    if (options.report !== undefined) await writeReport(options.report, { figures, dataset, overwrite });
    if (options.json) warnOfSeen(figures);
    process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : describeFigures(figures));
  } finally {
    for (const model of models) await model.release();
  }
}

/** What there is to choose from. Throws what opening the data throws. */
async function splitNeeded({ splitFile, ...options }: EvaluateOptions): Promise<ConfigError> {
  const dataset = await withProgress('read', (progress) => openEvaluatedData(options, progress));
  const used = new Set(dataset.splits);
  const names =
    splitFile === undefined
      ? dataset.splitNames.filter((_, i) => used.has(i))
      : [...readSplitFile(await readTextFile(splitFile), dataset).sets.keys()];
  return new ConfigError(
    `evaluate needs --split, the samples to measure on, and ${splitFile ?? options.data} has ${names.join(', ')}; name one of them, or a --run for what that validated on`,
  );
}

/** On stderr, because the JSON has no sentences: the warning that the text has among the figures. */
function warnOfSeen({ comparison, ...evaluation }: EvaluationFigures): void {
  const seen = describeSeen(evaluation);
  if (seen !== undefined) process.stderr.write(`warning: ${seen}\n`);
  const other = comparison && describeSeen(comparison);
  if (other !== undefined) process.stderr.write(`warning: ${comparison!.name}: ${other}\n`);
}

interface Report {
  readonly figures: EvaluationFigures;
  readonly dataset: PackedDataset;
  readonly overwrite: boolean;
}

async function writeReport(out: string, { figures, dataset, overwrite }: Report): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writeEvaluationReport } = await import('../../../../pipeline/evaluate/report/evaluation-report.js');
  const sources = { figures, dataset, encodePng };
  const files = await writeFolderAtomic(out, (store) => writeEvaluationReport(store, sources), { overwrite });
  process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} files beside it\n`);
}

/** The path of the run's model; undefined, the shipped model, when there is no run. */
async function modelOfRun({ run }: EvaluateConfig): Promise<string | undefined> {
  if (run === undefined) return undefined;
  const path = join(run, runFiles.model);
  if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  throw new RunError(
    `a run that is evaluated must hold ${runFiles.model}, which is written when it ends, and ${run} does not; finish it with 'moodlens train --resume', or name a --model`,
  );
}

interface Measured {
  readonly model: AskedModel;
  /** The one to compare it with. */
  readonly other: AskedModel | undefined;
  /** Whether the figures are of a model that one person taught, not of its file. */
  readonly isPersonal: boolean;
  readonly dataset: PackedDataset;
  readonly samples: EvaluatedSamples;
  readonly config: EvaluateConfig;
  /** The model's file; undefined for the shipped one. */
  readonly path: string | undefined;
}

async function measure({
  model,
  other,
  isPersonal,
  dataset,
  samples,
  config,
  path,
}: Measured): Promise<EvaluationFigures> {
  const { batch, tta, run, compare } = config;
  const predict = (one: AskedModel, title: string): Promise<SamplePredictions> =>
    withProgress(title, (progress) => predictSamples(dataset, one, samples.indices, { batch, tta, progress }));
  const file = path ?? shippedModelPath('expression.onnx');
  const hash = isPersonal ? undefined : await hashModelFile(file);
  const splitFiles = await splitsBesideModel(file);
  const judged = { predictions: await predict(model, 'evaluate'), metadata: model.metadata, hash, tta, splitFiles };
  const evaluation = judgePredictions(dataset, samples, judged);
  let comparison: ModelComparison | undefined;
  if (other !== undefined) {
    const { metadata } = other;
    const seen = seenInTraining(metadata, samples, dataset, await splitsBesideModel(compare!));
    const beside = { predictions: await predict(other, 'compare'), metadata, seen };
    comparison = compareModels(judged, beside, compare!);
  }
  const stress = config.stress ? await stressTest(dataset, model, samples, config) : undefined;
  if (!samples.test) return { ...evaluation, comparison, stress };
  const testLook = await recordLook({ model: file, run, figures: evaluation });
  if (comparison !== undefined) {
    await recordLook({ model: compare!, figures: { ...evaluation, accuracy: comparison.accuracy } });
  }
  return { ...evaluation, testLook, comparison, stress };
}

function stressTest(
  dataset: PackedDataset,
  model: AskedModel,
  { indices }: EvaluatedSamples,
  { batch, tta, stressSamples }: EvaluateConfig,
): Promise<StressEvaluation> {
  return withProgress('stress', (progress) =>
    evaluateStress(dataset, model, indices, {
      batch,
      tta,
      samples: stressSamples,
      recompress: recompressJpeg,
      progress,
    }),
  );
}
