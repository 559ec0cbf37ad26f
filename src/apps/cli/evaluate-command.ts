// `moodlens evaluate`: a model's figures on one split of a dataset.
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, openFileChunks, writeFileAtomic } from '../../adapters/node/files.js';
import { recompressJpeg } from '../../adapters/node/image-codec.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError, RunError } from '../../core/errors.js';
import type { ExpressionModel } from '../../core/nn/expression-model.js';
import type { Progress } from '../../core/ports/progress.js';
import { importFer2013 } from '../../pipeline/data/import-fer2013.js';
import { readDataset } from '../../pipeline/data/read-dataset.js';
import { type EvaluateConfig, parseEvaluateConfig } from '../../pipeline/evaluate/config.js';
import { describeEvaluation } from '../../pipeline/evaluate/describe-evaluation.js';
import { describeStress } from '../../pipeline/evaluate/describe-stress.js';
import { evaluate } from '../../pipeline/evaluate/evaluate.js';
import type { EvaluatedSamples } from '../../pipeline/evaluate/evaluated-samples.js';
import { evaluateStress, type StressEvaluation } from '../../pipeline/evaluate/stress.js';
import { runFiles } from '../../pipeline/train/run-folder.js';
import { chooseEvaluatedSamples } from './choose-evaluated-samples.js';
import { openExpressionModel, parseThreads } from './open-expression-model.js';
import { toNumber } from './to-number.js';
import { withProgress } from './with-progress.js';

interface EvaluateOptions {
  readonly model?: string;
  readonly data: string;
  readonly split?: string;
  readonly run?: string;
  readonly yesThisIsTheTest?: boolean;
  readonly skipBroken?: boolean;
  readonly tta?: string;
  readonly stress?: boolean;
  readonly stressSamples?: string;
  readonly batch?: string;
  readonly threads?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('evaluate')
    .description('figures of a model on one split: accuracy with its interval, calibration, confusion matrix')
    .option('--model <file>', 'expression model (.onnx) instead of the shipped one')
    .requiredOption('--data <source>', "a dataset made by 'moodlens data import', or Kaggle's fer2013.csv")
    .option('--split <name>', 'Training, PublicTest, PrivateTest, or the name of a split folder')
    .option('--run <folder>', 'instead of --split: what this run validated on; its model, unless --model names another')
    .option('--tta <kind>', 'average over looks at each picture: none, flip or ten-crop (default: none)')
    .option(
      '--stress',
      'also on distorted pictures: light, framing, blur, noise, resolution, JPEG; three strengths each',
    )
    .option('--stress-samples <n>', 'distort only so many pictures, every class with its share (default: all)')
    .option('--yes-this-is-the-test', 'needed for a test split: look at it once, after every choice is made')
    .option('--skip-broken', 'CSV: leave broken rows out instead of failing')
    .option('--batch <n>', 'pictures in one run of the model (default: 64)')
    .option('--threads <n>', 'threads of ONNX Runtime (default: 1)')
    .option('--out <file>', 'also write the figures to this JSON file')
    .option('--json', 'print the figures as JSON')
    .action(evaluateModel);
}

async function evaluateModel(options: EvaluateOptions): Promise<void> {
  const config = parseEvaluateConfig({
    split: options.split,
    run: options.run,
    tta: options.tta,
    stress: options.stress,
    ...(options.stressSamples === undefined ? {} : { stressSamples: toNumber(options.stressSamples) }),
    ...(options.batch === undefined ? {} : { batch: toNumber(options.batch) }),
    yesThisIsTheTest: options.yesThisIsTheTest === true,
  });
  const threads = parseThreads(options.threads);
  const model = await openExpressionModel(options.model ?? (await modelOfRun(config)), { threads });
  try {
    const dataset = await withProgress('read', (progress) => openData(options, progress));
    const samples = await chooseEvaluatedSamples(dataset, config);
    const { batch, tta } = config;
    const evaluation = await withProgress('evaluate', (progress) =>
      evaluate(dataset, model, samples, { batch, tta, progress }),
    );
    const stress = config.stress ? await stressTest(dataset, model, samples, config) : undefined;
    const figures = { ...evaluation, stress };
    if (options.out !== undefined) await writeFileAtomic(options.out, `${JSON.stringify(figures, null, 2)}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else process.stdout.write(describeEvaluation(evaluation) + (stress ? `\n${describeStress(stress)}` : ''));
  } finally {
    await model.release();
  }
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

function stressTest(
  dataset: PackedDataset,
  model: ExpressionModel,
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

async function openData({ data, skipBroken }: EvaluateOptions, progress: Progress): Promise<PackedDataset> {
  const kind = await stat(data).catch(() => undefined);
  if (kind === undefined)
    throw new ConfigError(`--data must name a dataset's folder or a CSV, and ${data} does not exist`);
  if (kind.isDirectory()) return readDataset(createFolderStore(data));
  const { size, chunks } = await openFileChunks(data);
  const { dataset, broken } = await importFer2013(
    chunks,
    basename(data),
    { skipBroken: skipBroken === true },
    { progress, totalBytes: size },
  );
  if (broken > 0) progress.note(`${broken} broken rows left out`);
  return dataset;
}
