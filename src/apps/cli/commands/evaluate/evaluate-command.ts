// `moodlens evaluate`: a model's figures on one split of a dataset.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { requireFreeFolder, writeFileAtomic, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { encodePng, recompressJpeg } from '../../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../../adapters/node/shipped-models.js';
import type { PackedDataset } from '../../../../core/dataset/packed-dataset.js';
import { readSplitFile } from '../../../../core/dataset/split-file.js';
import { ConfigError, RunError } from '../../../../core/errors.js';
import type { AskedModel, ExpressionModel } from '../../../../core/model/expression-model.js';
import { compareModels, type ModelComparison } from '../../../../pipeline/evaluate/compare-models.js';
import { type EvaluateConfig, parseEvaluateConfig } from '../../../../pipeline/evaluate/config.js';
import { describeComparison } from '../../../../pipeline/evaluate/describe-comparison.js';
import { describeEvaluation, describeSeen } from '../../../../pipeline/evaluate/describe-evaluation.js';
import { describeStress } from '../../../../pipeline/evaluate/describe-stress.js';
import { judgePredictions } from '../../../../pipeline/evaluate/evaluate.js';
import type { EvaluatedSamples } from '../../../../pipeline/evaluate/evaluated-samples.js';
import { type EvaluationFigures, formatEvaluation } from '../../../../pipeline/evaluate/format-evaluation.js';
import { predictSamples, type SamplePredictions } from '../../../../pipeline/evaluate/predict-samples.js';
import { seenInTraining } from '../../../../pipeline/evaluate/seen-in-training.js';
import { evaluateStress, type StressEvaluation } from '../../../../pipeline/evaluate/stress.js';
import { runFiles } from '../../../../pipeline/train/run-folder.js';
import { openEvaluatedData } from '../../arguments/data.js';
import { mayReplace } from '../../arguments/force.js';
import { hashModelFile, openExpressionModel, parseThreads } from '../../arguments/model.js';
import { personalModel } from '../../arguments/personal.js';
import { formerSkipBad } from '../../arguments/skip-bad.js';
import { readTextFile } from '../../arguments/text-file.js';
import { toNumbers } from '../../arguments/values.js';
import { withProgress } from '../../terminal/with-progress.js';
import { chooseEvaluatedSamples } from './choose-evaluated-samples.js';
import { recordLook } from './record-test-look.js';
import { splitsBesideModel } from './splits-beside-model.js';

interface EvaluateOptions {
  readonly model?: string;
  readonly personal?: string;
  readonly data: string;
  readonly split?: string;
  readonly splitFile?: string;
  readonly run?: string;
  readonly compare?: string;
  readonly yesThisIsTheTest?: boolean;
  readonly skipBad?: boolean;
  readonly tta?: string;
  readonly stress?: boolean;
  readonly stressSamples?: string;
  readonly batch?: string;
  readonly threads?: string;
  readonly out?: string;
  readonly report?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('evaluate')
    .description('figures of a model on one split: accuracy with its interval, calibration, confusion matrix')
    .option('--model <file>', 'expression model (.onnx) instead of the shipped one')
    .requiredOption('--data <source>', "a dataset made by 'moodlens data import', or Kaggle's fer2013.csv")
    .option('--split <name>', 'Training, PublicTest, PrivateTest, or the name of a split folder')
    .option('--split-file <file>', "a file of 'moodlens data split': --split then names one of its sets")
    .option('--personal <file>', "read every face as 'moodlens teach' learnt one person's: for pictures of that person")
    .option('--run <folder>', 'instead of --split: what this run validated on; its model, unless --model names another')
    .option('--compare <file>', "another model (.onnx) on the same samples: McNemar's test of the difference")
    .option('--tta <kind>', 'average over looks at each picture: none, flip or ten-crop (default: none)')
    .option(
      '--stress',
      'also on distorted pictures: light, framing, blur, noise, resolution, JPEG; three strengths each',
    )
    .option('--stress-samples <n>', 'distort only so many pictures, every class with its share (default: all)')
    .option('--yes-this-is-the-test', 'needed for a test split: look at it once, after every choice is made')
    .option('--skip-bad', 'CSV: leave broken rows out instead of failing')
    .addOption(formerSkipBad())
    .option('--batch <n>', 'pictures in one run of the model (default: 64)')
    .option('--threads <n>', 'threads of ONNX Runtime (default: 1)')
    .option('--out <file>', 'also write the figures to this JSON file')
    .option('--report <folder>', 'also write a page with charts and the surest mistakes; must not exist yet')
    .option('--force', 'replace the report at --report')
    .option('--json', 'print the figures as JSON')
    .action(evaluateModel);
}

async function evaluateModel(options: EvaluateOptions): Promise<void> {
  if (options.split === undefined && options.run === undefined) throw await splitNeeded(options);
  const config = parseEvaluateConfig({
    split: options.split,
    splitFile: options.splitFile,
    run: options.run,
    compare: options.compare,
    tta: options.tta,
    stress: options.stress,
    ...toNumbers(options, ['stressSamples', 'batch']),
    yesThisIsTheTest: options.yesThisIsTheTest === true,
  });
  const threads = parseThreads(options.threads);
  const overwrite = await mayWriteReport(options);
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
    process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : describe(figures));
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

/** On stderr, what the text says among the figures. */
function warnOfSeen({ comparison, ...evaluation }: EvaluationFigures): void {
  const seen = describeSeen(evaluation);
  if (seen !== undefined) process.stderr.write(`warning: ${seen}\n`);
  const other = comparison && describeSeen(comparison);
  if (other !== undefined) process.stderr.write(`warning: ${comparison!.name}: ${other}\n`);
}

/** Asked before the long work. Gives whether the report's folder may be overwritten. */
async function mayWriteReport({ report: out, force }: EvaluateOptions): Promise<boolean> {
  if (out === undefined) {
    if (force) throw new ConfigError('--force replaces a report, and none is asked for; add --report, or leave it out');
    return false;
  }
  const isOwn = (name: string) => /^(report\.html|evaluation\.json|worst-mistakes\.png|[a-z-]+\.svg)$/.test(name);
  const overwrite = await mayReplace({ out, force, what: 'a report', isOwn });
  await requireFreeFolder(out, overwrite);
  return overwrite;
}

interface Report {
  readonly figures: EvaluationFigures;
  readonly dataset: PackedDataset;
  readonly overwrite: boolean;
}

async function writeReport(out: string, { figures, dataset, overwrite }: Report): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writeEvaluationReport } = await import('../../../../pipeline/evaluate/evaluation-report.js');
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

function describe({ testLook, comparison, stress, ...evaluation }: EvaluationFigures): string {
  return [
    describeEvaluation(evaluation),
    ...(comparison === undefined ? [] : [describeComparison(comparison)]),
    ...(stress === undefined ? [] : [describeStress(stress)]),
    ...(testLook === undefined
      ? []
      : [`look ${testLook.number} at ${evaluation.split}, written down in ${testLook.file}\n`]),
  ].join('\n');
}
