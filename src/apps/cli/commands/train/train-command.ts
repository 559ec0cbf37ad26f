// `moodlens train`: trains an expression model from a dataset.
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { createFolderStore } from '../../../../adapters/node/files.js';
import type { DeviceName } from '../../../../adapters/node/session.js';
import { terminalProgress } from '../../../../adapters/node/terminal-progress.js';
import { ConfigError } from '../../../../core/errors.js';
import type { BlobStore } from '../../../../core/ports/blob-store.js';
import { parseTrainConfig, type TrainConfig, trainConfigSchema } from '../../../../pipeline/train/config.js';
import { isEnsembleConfig, parseEnsembleConfig } from '../../../../pipeline/train/ensemble-config.js';
import { describeTraining } from '../../../../pipeline/train/report/describe-training.js';
import { readRunConfig, readRunDevice, runFiles } from '../../../../pipeline/train/run-folder.js';
import { keepShares, shareCoresOfAll } from '../../../../pipeline/train/share-cores.js';
import { trainRun } from '../../../../pipeline/train/train.js';
import { memberName, readEnsembleConfig, trainEnsemble } from '../../../../pipeline/train/train-ensemble.js';
import { datasetOption } from '../../arguments/data.js';
import { chooseDevice, deviceOption } from '../../arguments/device.js';
import { jsonOption } from '../../arguments/json.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { readJsonFile } from '../../arguments/text-file.js';
import { commandOf } from '../../command-descriptions.js';
import { readTrainingFiles, trainingParts } from '../../processes/training-parts.js';
import { exitCodes } from '../../terminal/exit-codes.js';
import { Interrupt } from '../../terminal/interrupt.js';
import { listArchitectures } from './list-architectures.js';
import { listDevices } from './list-devices.js';

interface TrainOptions {
  readonly data?: string;
  readonly config?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly device?: string;
  readonly listArchitectures?: boolean;
  readonly listDevices?: boolean;
  readonly json?: boolean;
}

const stage = new SchemaOptions(trainConfigSchema);

/** The command's definition. */
export function define(): Command {
  return commandOf('train', 'the run folder gets checkpoints, history and model.onnx')
    .addOption(datasetOption())
    .option('--out <run>', 'the run folder; it must not hold a run yet')
    .option('--config <file>', 'configuration (JSON); see configs/ and docs/training.md')
    .option('--resume <run>', 'continue the run in this folder to the same result as an unbroken one')
    .addOption(stage.option('epochs', { defaultText: "the configuration's" }))
    .addOption(stage.option('seed', { defaultText: "the configuration's, or the members' of an ensemble" }))
    .addOption(deviceOption('cpu, or where the resumed run was'))
    .option('--list-devices', 'try each device, print which of them can train here, and train nothing')
    .option('--list-architectures', 'print the architectures with their sizes and costs, and train nothing')
    .addOption(jsonOption('the result, or the list, as JSON'))
    .action(train);
}

async function train(options: TrainOptions): Promise<void> {
  if (options.listArchitectures) return listArchitectures(Boolean(options.json));
  if (options.listDevices) return listDevices(Boolean(options.json));
  const { folder, data } = requirePlaces(options);
  const store = createFolderStore(resolve(folder));
  const config = await readConfig(options, store);
  const device = await deviceFor(options);
  // Until the first step there is nothing to save: Ctrl-C then ends the process at once, as it does without anybody listening.
  let interrupt: Interrupt | undefined;
  const wasAsked = () => {
    interrupt ??= listen();
    return interrupt.wasAsked;
  };
  // Each epoch has a line of its own; in a log that is enough, unless an epoch is very long.
  const progress = terminalProgress('train', { lineIntervalMs: 600_000 });
  const request = {
    ...(await trainingParts(data, device, progress)),
    store,
    name: basename(resolve(folder)),
    resume: options.resume !== undefined,
    shouldStop: wasAsked,
  };
  try {
    const result = await ('members' in config
      ? trainEnsemble({
          ...request,
          ...config,
          memberStore: (name) => createFolderStore(join(resolve(folder), name)),
          readFiles: readTrainingFiles,
        })
      : trainRun({ ...request, config, ...(await readTrainingFiles(config)) }));
    progress.finish();
    if (options.json) process.stdout.write(`${JSON.stringify({ run: folder, ...result })}\n`);
    else process.stdout.write(`${describeTraining(result, { folder, data })}\n`);
    if (result.end === 'stopped') process.exitCode = exitCodes.interrupted;
  } finally {
    progress.finish();
    interrupt?.stopListening();
  }
}

function listen(): Interrupt {
  const interrupt = new Interrupt();
  interrupt.onAsk = () => {
    process.stderr.write(
      '\nstopping after the step or the validation under way, and saving; press Ctrl-C again to stop at once\n',
    );
  };
  return interrupt;
}

/** The run folder and the dataset. */
function requirePlaces(options: TrainOptions): { folder: string; data: string } {
  const folder = options.resume ?? options.out;
  if (folder === undefined || (options.resume !== undefined && options.out !== undefined)) {
    throw new ConfigError(
      'train needs a run folder: --out for a new run, or --resume for one that was stopped, not both',
    );
  }
  const { data } = options;
  if (data === undefined) {
    throw new ConfigError("train needs a dataset: --data, a folder made by 'moodlens data import'");
  }
  return { folder, data };
}

/** The device of --device, else that of the resumed run (or its first member), else the CPU. */
async function deviceFor({ device, resume }: TrainOptions): Promise<DeviceName> {
  return chooseDevice(device ?? (resume === undefined ? undefined : await deviceOfRun(resolve(resume))) ?? 'cpu');
}

async function deviceOfRun(folder: string): Promise<string | undefined> {
  for (const place of [folder, join(folder, memberName(0))]) {
    const store = createFolderStore(place);
    if ((await store.read(runFiles.run)) !== undefined) return readRunDevice(store);
  }
  return undefined;
}

/** The configuration of --config or of the resumed run, with the options that replace keys of it: a run's, or those of an ensemble's members. */
async function readConfig(options: TrainOptions, store: BlobStore): Promise<TrainConfig | { members: TrainConfig[] }> {
  const saved = options.resume ? ((await readEnsembleConfig(store)) ?? (await readRunConfig(store))) : undefined;
  const base = options.config === undefined ? (saved ?? {}) : await readJsonFile(options.config);
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new ConfigError(`${options.config} must hold a JSON object with the keys of docs/training.md`);
  }
  const replaced = stage.given(options);
  const isGpu = options.device === 'webgpu' || options.device === 'cuda';
  const shared = saved ? keepShares(base, saved) : shareCoresOfAll(base, { cores: availableParallelism(), isGpu });
  if (!isEnsembleConfig(shared)) return parseTrainConfig({ ...shared, ...replaced });
  if (options.seed !== undefined) {
    throw new ConfigError("--seed is for one model; the seeds of an ensemble's members stand in its configuration");
  }
  return { members: parseEnsembleConfig(shared).map((member) => parseTrainConfig({ ...member, ...replaced })) };
}
