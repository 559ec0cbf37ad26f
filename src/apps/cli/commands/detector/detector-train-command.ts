// `moodlens detector train`: trains a face detector on packed face pictures.
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { deviceNames } from '../../../../adapters/node/session.js';
import { terminalProgress } from '../../../../adapters/node/terminal-progress.js';
import { WorkerFaceBatches } from '../../../../adapters/node/training/batches.js';
import { FacePixels } from '../../../../adapters/node/training/face-pixels.js';
import { facesFiles, readFacesDescription } from '../../../../core/dataset/face-pictures.js';
import { ConfigError } from '../../../../core/errors.js';
import type { BlobStore } from '../../../../core/ports/blob-store.js';
import { type DetectorConfig, parseDetectorConfig } from '../../../../pipeline/detector/config.js';
import { type TrainDetectorResult, trainDetector } from '../../../../pipeline/detector/train-detector.js';
import { readRunDevice, readSavedConfig } from '../../../../pipeline/train/run-folder.js';
import { chooseDevice } from '../../arguments/device.js';
import { readJsonFile } from '../../arguments/json-file.js';
import { toNumbers } from '../../arguments/numbers.js';
import { engineParts } from '../../processes/training-parts.js';
import { exitCodes } from '../../terminal/exit-codes.js';
import { Interrupt } from '../../terminal/interrupt.js';

interface TrainOptions {
  readonly data: string;
  readonly config?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly epochs?: string;
  readonly seed?: string;
  readonly device?: string;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function defineTrain(): Command {
  return new Command('train')
    .description('train a face detector: checkpoints, history and model.onnx in a run folder')
    .requiredOption('--data <dir>', "packed face pictures, made by 'moodlens detector import'")
    .option('--out <run>', 'the run folder; it must not hold a run yet')
    .option('--config <file>', 'configuration (JSON); see configs/detector.json and docs/detector.md')
    .option('--resume <run>', 'continue the run in this folder to the same result as an unbroken one')
    .option('--epochs <n>', "instead of the configuration's")
    .option('--seed <n>', "instead of the configuration's")
    .option('--device <name>', `where to train: ${deviceNames.join(', ')} (default: cpu, or where the resumed run was)`)
    .option('--json', 'print the result as JSON')
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
      readPixels: (index) => pixels.read(index),
      startBatches: (batchOptions, threads) => new WorkerFaceBatches(batchOptions, pixelsFile, { threads }),
      shouldStop: () => interrupt.wasAsked,
    });
    progress.finish();
    if (options.json) process.stdout.write(`${JSON.stringify({ run: folder, ...result })}\n`);
    else process.stdout.write(`${describe(result, folder, options.data)}\n`);
    if (result.end === 'stopped') process.exitCode = exitCodes.interrupted;
  } finally {
    progress.finish();
    interrupt.stopListening();
    pixels.release();
  }
}

/** What --config or the resumed run says, with the options that replace keys of it. */
async function readConfig(options: TrainOptions, store: BlobStore): Promise<DetectorConfig> {
  const base = options.config
    ? await readJsonFile(options.config)
    : options.resume
      ? await readSavedConfig(store, parseDetectorConfig)
      : {};
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new ConfigError(`${options.config} must hold a JSON object with the keys of docs/detector.md`);
  }
  return parseDetectorConfig({ ...base, ...toNumbers(options, ['epochs', 'seed']) });
}

function describe({ end, precision }: TrainDetectorResult, folder: string, data: string): string {
  if (end === 'stopped') {
    return `stopped and saved; continue with: moodlens detector train --data ${data} --resume ${folder}`;
  }
  if (precision === null) return `${folder}/model.onnx: trained on every picture; none was left to validate`;
  return `${folder}/model.onnx: average precision ${(100 * precision).toFixed(1)} % on the pictures that were held back (faces from 24 pixels on)`;
}
