// The train stage: dataset + configuration -> run folder with checkpoints, history and model.onnx.
import type { Architecture, ArchitectureOptions } from '../../core/nn/architectures/architecture.js';
import type { ArchitectureName } from '../../core/nn/architectures/create-architecture.js';
import {
  type BatchOptions,
  type ClassBatchSource,
  type Samples,
  type StartBatches,
  TrainingBatches,
} from '../../core/training/batches.js';
import { type Checkpoint, requireCheckpointOf, type SavedCheckpoint } from '../../core/training/checkpoint.js';
import type { TeacherOptions } from '../../core/training/distilling-engine.js';
import type { EngineOptions, TrainingEngine } from '../../core/training/engine.js';
import { countCorrect, type TrainingEnd } from '../../core/training/trainer.js';
import type { TrainConfig } from './config.js';
import { announceRun, type PreparedRun, prepareRun, type RunInputs } from './prepare-run.js';
import { readRun } from './resume-run.js';
import { requireNoRun } from './run-folder.js';
import { type FolderRun, type RunPlace, trainInFolder } from './train-in-folder.js';
import { validate } from './validate.js';
import { type KeptFigures, writeModel } from './write-model.js';

/** Starts an engine for an architecture, wherever it runs. */
export type StartEngine = (
  architecture: ArchitectureName,
  architectureOptions: ArchitectureOptions,
  options: StartOptions,
) => Promise<TrainingEngine>;

export interface StartOptions extends EngineOptions {
  readonly teacher?: TeacherOptions | undefined;
  /** Pictures in a batch. */
  readonly batchSize: number;
  /** Sides of the crops that the run uses besides the architecture's own, pixels. */
  readonly sides: readonly number[];
}

export interface TrainRequest extends RunInputs, RunPlace {
  /** Throws DeviceError when the device is missing or not to be trusted; nothing is written then. */
  readonly startEngine: StartEngine;
  /** Where batches are made; default: in this thread. */
  readonly startBatches?: StartBatches;
}

export interface TrainResult {
  readonly end: TrainingEnd;
  readonly epochs: number;
  /** Of the weights in model.onnx, with Wilson's 95 % interval; null for a run that was stopped, or validates on nothing. */
  readonly validation: KeptFigures | null;
}

/**
 * Trains. Throws RunError when the folder holds another run, or nothing to resume, or when the training diverges, and
 * StorageError when the folder cannot be written. How it ended is in the folder's result.json in each case.
 */
export async function trainRun(request: TrainRequest): Promise<TrainResult> {
  const { config, store } = request;
  const prepared = prepareRun(request);
  const { architecture, facts } = prepared;
  if (!request.resume) await requireNoRun(store);
  const checkpoint = request.resume ? await readRun(store, config, facts) : undefined;
  if (checkpoint !== undefined) requireCheckpointOf(architecture, checkpoint);
  announceRun(request.progress, config, prepared);
  const engine = await startEngine(request, prepared, checkpoint);
  try {
    const { kept, ...result } = await trainInFolder(request, folderRun(request, prepared, { checkpoint, engine }));
    return { ...result, validation: kept };
  } finally {
    await engine.release();
  }
}

interface Started {
  readonly checkpoint: SavedCheckpoint | undefined;
  readonly engine: TrainingEngine;
}

function startEngine(
  { config, startEngine: start }: TrainRequest,
  { options, teacher, weights }: PreparedRun,
  checkpoint: Checkpoint | undefined,
): Promise<TrainingEngine> {
  return start(config.architecture as ArchitectureName, options, {
    optimiser: config.optimiser,
    weights: checkpoint?.engine.weights ?? weights,
    weightDecay: config.weightDecay,
    clipNorm: config.clipNorm,
    average: config.average,
    threads: config.threads,
    workers: config.workers,
    ghostBatch: config.ghostBatch,
    teacher: teacher?.options,
    batchSize: config.batchSize,
    sides: config.progressive.map(({ side }) => side),
  });
}

function folderRun(
  request: TrainRequest,
  { architecture, chosen, lossTargets, facts }: PreparedRun,
  { checkpoint, engine }: Started,
): FolderRun<ClassBatchSource, KeptFigures | null> {
  const { dataset, config, splits } = request;
  const { width, height, pixels, classes } = dataset;
  const classCount = dataset.labels.length;
  const samples = (indices: Int32Array): Samples => ({ width, height, pixels, classes, indices });
  const batchOptions: BatchOptions = {
    samples: { ...samples(chosen.training), softLabels: lossTargets.softLabels, votes: lossTargets.votes },
    view: architecture.view,
    classCount,
    batchSize: config.batchSize,
    seed: config.seed,
    labelSmoothing: config.labelSmoothing,
    softLabelWeight: config.votes?.weight ?? 0,
    auxiliaryWeight: config.votes?.auxiliary ?? 0,
    classWeights: lossTargets.classWeights,
    mixup: config.mixup,
    augmentation: config.augmentation,
    progressive: config.progressive,
    masks: engine.masks,
  };
  const isValidated = chosen.validation.length > 0;
  return {
    ...{ engine, config, facts, splits, checkpoint },
    guessingLoss: Math.log(classCount),
    startBatches: () => request.startBatches?.(batchOptions, config.batchThreads) ?? new TrainingBatches(batchOptions),
    countRight: (batches, result, epoch, number) => countCorrect(result, batches.classes(epoch, number), classCount),
    validate: isValidated ? (e) => validate(e, samples(chosen.validation), architecture.view, classCount) : undefined,
    costOfSteps: (from, to) => costOfSteps(architecture, config, [from, to]),
    writeModel: (kept) => writeModel(request, { architecture, facts, kept }),
  };
}

/** Multiply-adds of a step in each of the epochs from..to - 1 (from 0), together, as a share of those of a step at full size. */
function costOfSteps(
  { view }: Architecture,
  { progressive }: TrainConfig,
  [from, to]: readonly [number, number],
): number {
  let [cost, begun] = [0, 0];
  for (const { side, epochs } of progressive) {
    const inStage = Math.max(0, Math.min(to, begun + epochs) - Math.max(from, begun));
    cost += (inStage * side * side) / (view.width * view.height);
    begun += epochs;
  }
  return cost + Math.max(0, to - Math.max(from, begun));
}
