// `moodlens detector train`: trains a face detector on packed face pictures.
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { openSession } from '../../../../adapters/node/session.js';
import { terminalProgress } from '../../../../adapters/node/terminal-progress.js';
import { WorkerFaceBatches } from '../../../../adapters/node/training/batches.js';
import { FacePixels } from '../../../../adapters/node/training/face-pixels.js';
import { facesFiles, readFacesDescription } from '../../../../core/dataset/face-pictures.js';
import { ConfigError } from '../../../../core/errors.js';
import type { BlobStore } from '../../../../core/ports/blob-store.js';
import {
  type DetectorConfig,
  detectorConfigSchema,
  parseDetectorConfig,
} from '../../../../pipeline/detector/config.js';
import { readPretrainedDetector } from '../../../../pipeline/detector/pretrained-detector.js';
import { describeDetectorTraining } from '../../../../pipeline/detector/report/describe-detector-training.js';
import { trainDetector } from '../../../../pipeline/detector/train-detector.js';
import { readRunDevice, readSavedConfig } from '../../../../pipeline/train/run-folder.js';
import { keepShares, shareCores } from '../../../../pipeline/train/share-cores.js';
import { chooseDevice, deviceOption } from '../../arguments/device.js';
import { jsonOption } from '../../arguments/json.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { readJsonFile } from '../../arguments/text-file.js';
import { engineParts } from '../../processes/training-parts.js';
import { exitCodes } from '../../terminal/exit-codes.js';
import { Interrupt } from '../../terminal/interrupt.js';

interface TrainOptions {
  readonly data: string;
  readonly config?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly device?: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(detectorConfigSchema);

/** The sub-command's definition. */
export function defineTrain(): Command {
  return new Command('train')
    .description('train a face detector: checkpoints, history and model.onnx in a run folder')
    .requiredOption('--data <dir>', "packed face pictures, made by 'moodlens detector import'")
    .option('--out <run>', 'the run folder; it must not hold a run yet')
    .option('--config <file>', 'configuration (JSON); see configs/detector.json and docs/detector.md')
    .option('--resume <run>', 'continue the run in this folder to the same result as an unbroken one')
    .addOption(stage.option('epochs', { defaultText: "the configuration's" }))
    .addOption(stage.option('seed', { defaultText: "the configuration's" }))
    .addOption(deviceOption('cpu, or where the resumed run was'))
    .addOption(jsonOption('the result as JSON'))
    .action(train);
}

async function train(options: TrainOptions): Promise<void> {
  const folder = options.resume ?? options.out;
  if (folder === undefined || (options.resume !== undefined && options.out !== undefined)) {
    throw new ConfigError(
      'detector train needs a run folder: --out for a new run, or --resume for one that was stopped, not both',
    );
  }
  const store = createFolderStore(resolve(folder));
  const isResumed = options.resume !== undefined;
  const config = await readConfig(options, store);
  const { pretrained } = config;
  const device = await chooseDevice(options.device ?? (isResumed ? await readRunDevice(store) : undefined) ?? 'cpu');
  const faces = await readFacesDescription(createFolderStore(resolve(options.data)));
  const pixelsFile = join(resolve(options.data), facesFiles.pictures);
  const pixels = new FacePixels(pixelsFile, faces.pictures);
  const interrupt = new Interrupt();
  interrupt.onAsk = () => {
    process.stderr.write('\nstopping after this step, and saving; press Ctrl-C again to stop at once\n');
  };
  // Each epoch has a line of its own; in a log that is enough, unless an epoch is very long.
  const progress = terminalProgress('detector train', { lineIntervalMs: 600_000 });
  try {
    const result = await trainDetector({
      ...(await engineParts(device, progress)),
      ...{ store, faces, config },
      name: basename(resolve(folder)),
      resume: isResumed,
      openSession,
      pretrained:
        pretrained === null ? undefined : await readPretrainedDetector(createFolderStore(resolve(pretrained.run))),
      readPixels: (index) => pixels.read(index),
      startBatches: (batchOptions, threads) => new WorkerFaceBatches(batchOptions, pixelsFile, { threads }),
      shouldStop: () => interrupt.wasAsked,
    });
    progress.finish();
    if (options.json) process.stdout.write(`${JSON.stringify({ run: folder, ...result })}\n`);
    else process.stdout.write(`${describeDetectorTraining(result, { folder, data: options.data })}\n`);
    if (result.end === 'stopped') process.exitCode = exitCodes.interrupted;
  } finally {
    progress.finish();
    interrupt.stopListening();
    pixels.release();
  }
}

/** The configuration of --config or of the resumed run, with the options that replace keys of it. */
async function readConfig(options: TrainOptions, store: BlobStore): Promise<DetectorConfig> {
  const saved = options.resume === undefined ? undefined : await readSavedConfig(store, parseDetectorConfig);
  const base = options.config ? await readJsonFile(options.config) : (saved ?? {});
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new ConfigError(`${options.config} must hold a JSON object with the keys of docs/detector.md`);
  }
  if (saved !== undefined) return parseDetectorConfig({ ...keepShares(base, saved), ...stage.given(options) });
  const { batchSize, ghostBatch } = parseDetectorConfig({});
  const isGpu = options.device === 'webgpu' || options.device === 'cuda';
  const shared = shareCores({ batchSize, ghostBatch, ...base }, { cores: availableParallelism(), isGpu });
  return parseDetectorConfig({ ...shared, ...stage.given(options) });
}
