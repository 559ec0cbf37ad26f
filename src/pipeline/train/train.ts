// The train stage: dataset + configuration -> run folder with checkpoints, history and model.onnx.
import type { Architecture, ArchitectureOptions } from '../../core/nn/architectures/architecture.js';
import type { ArchitectureName } from '../../core/nn/architectures/create-architecture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Clock, WallClock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import {
  type BatchOptions,
  type BatchSource,
  type Samples,
  type StartBatches,
  TrainingBatches,
} from '../../core/training/batches.js';
import { type Checkpoint, requireCheckpointOf } from '../../core/training/checkpoint.js';
import type { TeacherOptions } from '../../core/training/distilling-engine.js';
import type { EngineOptions, TrainingEngine } from '../../core/training/engine.js';
import {
  type EpochFigures,
  freshState,
  type TrainerState,
  type TrainingEnd,
  train,
} from '../../core/training/trainer.js';
import type { TrainConfig } from './config.js';
import { announceRun, type PreparedRun, prepareRun, type RunInputs } from './prepare-run.js';
import {
  beginRun,
  type RunProgram,
  readRun,
  readRunFacts,
  readWeights,
  requireNoRun,
  resumeRun,
  saveCheckpoint,
  writeMetrics,
} from './run-folder.js';
import { RunWatch } from './run-result.js';
import { TrainingMeter } from './training-meter.js';
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

export interface TrainRequest extends RunInputs {
  /** The run folder. */
  readonly store: BlobStore;
  readonly resume: boolean;
  /** Kept in run.json. */
  readonly program: RunProgram;
  /** Throws DeviceError when the device is missing or not to be trusted; nothing is written then. */
  readonly startEngine: StartEngine;
  /** Where batches are made; default: in this thread. */
  readonly startBatches?: StartBatches;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly now: WallClock;
  readonly shouldStop: () => boolean;
  /** Told of every epoch, after its checkpoint, and first of those that a resumed run had before; the next one waits for it. */
  readonly onEpoch?: (figures: EpochFigures) => Promise<void>;
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
  if (checkpoint?.isChecked === false) {
    request.progress.note(
      'the checkpoint is of an earlier version, without a checksum: damage to its numbers would not be seen',
    );
  }
  announceRun(request.progress, config, prepared);
  const engine = await startEngine(request, prepared, checkpoint);
  try {
    return await trainNoted(request, prepared, { checkpoint, engine });
  } finally {
    await engine.release();
  }
}

interface Started {
  readonly checkpoint: Checkpoint | undefined;
  readonly engine: TrainingEngine;
}

/** Notes a run's start and end in its folder. Here the first byte is written: a run that is refused leaves a folder as it was. */
async function trainNoted(
  request: TrainRequest,
  prepared: PreparedRun,
  { checkpoint, engine }: Started,
): Promise<TrainResult> {
  const { config, store } = request;
  const start = { at: request.now(), ...request.program };
  if (request.resume) await resumeRun(store, { config, start });
  else await beginRun(store, { config, facts: prepared.facts, start, splits: request.splits });
  const watch = await RunWatch.start(store, request);
  let state = checkpoint?.trainer ?? freshState;
  try {
    const result = await trainInFolder(request, prepared, {
      checkpoint,
      engine,
      onState: (next) => {
        state = next;
      },
    });
    await watch.ended(result.end, state);
    return result;
  } catch (error) {
    await watch.failed(error, state);
    throw error;
  }
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

async function trainInFolder(
  request: TrainRequest,
  { architecture, chosen, lossTargets, facts }: PreparedRun,
  { checkpoint, engine, onState }: Started & { readonly onState: (state: TrainerState) => void },
): Promise<TrainResult> {
  const { dataset, config, store, progress, clock } = request;
  const { identity: run } = await readRunFacts(store);
  let batches: BatchSource | undefined;
  try {
    if (checkpoint !== undefined) {
      await engine.restore(checkpoint.engine);
      await writeMetrics(store, checkpoint.trainer);
      for (const figures of checkpoint.trainer.history) await request.onEpoch?.(figures);
    }
    const { width, height, pixels, classes } = dataset;
    const samples = (indices: Int32Array): Samples => ({ width, height, pixels, classes, indices });
    const batchOptions: BatchOptions = {
      samples: { ...samples(chosen.training), softLabels: lossTargets.softLabels, votes: lossTargets.votes },
      view: architecture.view,
      classCount: dataset.labels.length,
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
    batches = request.startBatches?.(batchOptions, config.batchThreads) ?? new TrainingBatches(batchOptions);
    const isValidated = chosen.validation.length > 0;
    const meter = new TrainingMeter({
      clock,
      progress,
      epochs: config.epochs,
      stepsPerEpoch: batches.perEpoch,
      batchSize: config.batchSize,
      costOfSteps: (from, to) => costOfSteps(architecture, config, [from, to]),
    });
    const { state, end } = await train(
      {
        engine,
        batches,
        clock,
        batchSize: config.batchSize,
        classCount: dataset.labels.length,
        epochs: config.epochs,
        schedule: config.schedule,
        patience: config.patience,
        shouldStop: request.shouldStop,
        validate: isValidated
          ? (e) => validate(e, samples(chosen.validation), architecture.view, dataset.labels.length)
          : undefined,
        onStep: (next) => meter.step(next),
        onEpoch: async (next, isBest, waitShare) => {
          await saveCheckpoint(store, { trainer: next, engine: await engine.state(), run }, isBest);
          onState(next);
          await writeMetrics(store, next, meter.epoch(next, waitShare));
          await request.onEpoch?.(next.history.at(-1)!);
        },
      },
      checkpoint?.trainer ?? freshState,
    );
    const last: Checkpoint = { trainer: state, engine: await engine.state(), run };
    if (end === 'stopped') {
      await saveCheckpoint(store, last, false);
      return { end, epochs: state.epoch, validation: null };
    }
    const kept = config.keep === 'best' ? await readWeights(store, 'best') : last;
    return { end, epochs: state.epoch, validation: await writeModel(request, { architecture, facts, kept }) };
  } finally {
    await batches?.release();
  }
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
