// `moodlens evaluate`: a model's figures on one split of a dataset.
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, openFileChunks, writeFileAtomic } from '../../adapters/node/files.js';
import { terminalProgress } from '../../adapters/node/terminal-progress.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import type { Progress } from '../../core/ports/progress.js';
import { importFer2013 } from '../../pipeline/data/import-fer2013.js';
import { readDataset } from '../../pipeline/data/read-dataset.js';
import { parseEvaluateConfig } from '../../pipeline/evaluate/config.js';
import { describeEvaluation } from '../../pipeline/evaluate/describe-evaluation.js';
import { evaluate } from '../../pipeline/evaluate/evaluate.js';
import { openExpressionModel, parseThreads } from './open-expression-model.js';

interface EvaluateOptions {
  readonly model?: string;
  readonly data: string;
  readonly split: string;
  readonly yesThisIsTheTest?: boolean;
  readonly skipBroken?: boolean;
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
    .requiredOption('--split <name>', 'Training, PublicTest, PrivateTest, or the name of a split folder')
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
    ...(options.batch === undefined ? {} : { batch: Number(options.batch) }),
    yesThisIsTheTest: options.yesThisIsTheTest === true,
  });
  const model = await openExpressionModel(options.model, { threads: parseThreads(options.threads) });
  try {
    const dataset = await withProgress('read', (progress) => openData(options, progress));
    const evaluation = await withProgress('evaluate', (progress) => evaluate(dataset, model, config, { progress }));
    if (options.out !== undefined) await writeFileAtomic(options.out, `${JSON.stringify(evaluation, null, 2)}\n`);
    process.stdout.write(options.json ? `${JSON.stringify(evaluation)}\n` : describeEvaluation(evaluation));
  } finally {
    await model.release();
  }
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

async function withProgress<T>(label: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = terminalProgress(label);
  try {
    return await work(progress);
  } finally {
    progress.finish();
  }
}
