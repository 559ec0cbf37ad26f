// The train stage: dataset + configuration -> run folder with checkpoints, history and model.onnx.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { RunError } from '../../core/errors.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import {
  type ArchitectureName,
  type ArchitectureOptions,
  atSide,
  createArchitecture,
} from '../../core/nn/architecture.js';
import { architectureFacts } from '../../core/nn/architecture-facts.js';
import { type Samples, TrainingBatches } from '../../core/nn/batches.js';
import { writeCheckpoint } from '../../core/nn/checkpoint.js';
import { type EngineOptions, modelWeights, type TrainingEngine } from '../../core/nn/engine.js';
import { buildModel } from '../../core/nn/inference-graph.js';
import type { ModelMetadata } from '../../core/nn/model-metadata.js';
import { initialWeights } from '../../core/nn/parameters.js';
import type { TeacherOptions } from '../../core/nn/taught-engine.js';
import { freshState, type TrainerState, type TrainingEnd, train } from '../../core/nn/trainer.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import { createRandom } from '../../core/tensor/random.js';
import { chooseSamples } from './choose-samples.js';

import { auxiliaryUnits, chooseTargets, describeTargets } from './choose-targets.js';
import { chooseTeacher, type TeacherFacts } from './choose-teacher.js';

import type { TrainConfig } from './config.js';
import { beginRun, type RunFacts, readBest, readRun, runFiles, type Speed, writeMetrics } from './run-folder.js';
import { validate } from './validate.js';

/** Starts an engine for an architecture, wherever it runs. */
export type StartEngine = (
  architecture: ArchitectureName,
  architectureOptions: ArchitectureOptions,
  options: EngineOptions & { readonly teacher?: TeacherOptions | undefined },
) => Promise<TrainingEngine>;

export interface TrainRequest {
  readonly dataset: PackedDataset;
  readonly config: TrainConfig;
  /** The text of the file that `config.votes` names; undefined when it names none. */
  readonly votes?: string | undefined;
  /** The file that `config.distillation` names; undefined when it names none. */
  readonly teacher?: Uint8Array | undefined;
  /** The run folder. */
  readonly store: BlobStore;
  /** The run's name, kept in the model. */
  readonly name: string;
  readonly resume: boolean;
  readonly startEngine: StartEngine;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly shouldStop: () => boolean;
}

export interface TrainResult {
  readonly end: TrainingEnd;
  readonly epochs: number;
  /** Of the weights in model.onnx, with Wilson's 95 % interval; null for a run that was stopped. */
  readonly validation: {
    readonly accuracy: number;
    readonly interval: readonly [number, number];
    readonly n: number;
  } | null;
}

/** Trains. Throws RunError when the folder holds another run, or nothing to resume. */
export async function trainRun(request: TrainRequest): Promise<TrainResult> {
  const { dataset, config, store, progress } = request;
  const options: ArchitectureOptions = {
    classes: dataset.labels.length,
    dropout: config.dropout,
    l2: config.l2,
    kernel: config.kernel,
    auxiliary: auxiliaryUnits(config),
  };
  const architecture = createArchitecture(config.architecture, options);
  for (const { side } of config.progressive) atSide(architecture, side);
  const chosen = chooseSamples(dataset, config);
  const lossTargets = chooseTargets(dataset, config, chosen.training, request.votes);
  const teacher = chooseTeacher(dataset, config, architecture, request.teacher);
  // Before anything is written: a refused run must not leave a folder that stands in the way of the next.
  if (chosen.training.length < config.batchSize) {
    throw new RunError(
      `an epoch must hold at least one batch of ${config.batchSize}, and there are ${chosen.training.length} training pictures; choose a smaller batchSize`,
    );
  }
  const costs = architectureFacts(architecture);
  const facts: RunFacts = {
    name: request.name,
    dataset: dataset.hash,
    trainingSamples: chosen.training.length,
    validationSamples: chosen.validation.length,
    excludedDuplicates: chosen.excludedDuplicates,
    parameters: costs.parameters,
    multiplyAdds: costs.multiplyAdds,
    teacher: teacher?.facts,
  };
  const checkpoint = request.resume ? await readRun(store, config, facts) : await beginRun(store, config, facts);
  progress.note(
    `${config.architecture}: ${facts.parameters.toLocaleString('en')} parameters, ${(facts.multiplyAdds / 1e6).toFixed(1)} million multiply-adds; ` +
      `${facts.trainingSamples} training and ${facts.validationSamples} validation pictures` +
      (facts.excludedDuplicates > 0 ? `, ${facts.excludedDuplicates} duplicates of validation pictures left out` : ''),
  );
  if (teacher !== undefined) progress.note(describeTeacher(teacher.facts, describeSplit(config)));
  const weights = checkpoint?.engine.weights ?? initialWeights(architecture, createRandom(config.seed));
  const engine = await request.startEngine(config.architecture as ArchitectureName, options, {
    optimiser: config.optimiser,
    weights,
    weightDecay: config.weightDecay,
    clipNorm: config.clipNorm,
    average: config.average,
    threads: config.threads,
    workers: config.workers,
    ghostBatch: config.ghostBatch,
    teacher: teacher?.options,
  });
  try {
    if (checkpoint !== undefined) await engine.restore(checkpoint.engine);
    const { width, height, pixels, classes } = dataset;
    const samples = (indices: Int32Array): Samples => ({ width, height, pixels, classes, indices });
    const batches = new TrainingBatches({
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
    });
    const save = async (state: TrainerState, isBest: boolean): Promise<void> => {
      const bytes = writeCheckpoint({ trainer: state, engine: await engine.state() });
      if (isBest) await store.write(runFiles.best, bytes);
      await store.write(runFiles.checkpoint, bytes);
    };
    const meter = createMeter(request, batches.perEpoch);
    const { state, end } = await train(
      {
        engine,
        batches,
        clock: request.clock,
        batchSize: config.batchSize,
        classCount: dataset.labels.length,
        epochs: config.epochs,
        schedule: config.schedule,
        patience: config.patience,
        shouldStop: request.shouldStop,
        validate: (e) => validate(e, samples(chosen.validation), architecture.view, dataset.labels.length),
        onStep: meter.step,
        onEpoch: async (next, isBest, waitShare) => {
          await save(next, isBest);
          await writeMetrics(store, next, meter.epoch(next, waitShare));
        },
      },
      checkpoint?.trainer ?? freshState,
    );
    if (end === 'stopped') {
      await save(state, false);
      return { end, epochs: state.epoch, validation: null };
    }
    const kept = config.keep === 'best' ? await readBest(store) : { trainer: state, engine: await engine.state() };
    const figures = kept.trainer.history.at(-1)!;
    const n = chosen.validation.length;
    const accuracy = figures.validationAccuracy;
    const interval = wilsonInterval(Math.round(accuracy * n), n);
    const metadata: ModelMetadata = {
      format: 1,
      architecture: config.architecture,
      labels: [...dataset.labels],
      input: architecture.input,
      embedding: costs.embedding,
      parameters: facts.parameters,
      multiplyAdds: facts.multiplyAdds,
      split: describeSplit(config),
      targets: describeTargets(config),
      metrics: {
        epoch: figures.epoch,
        validationAccuracy: accuracy,
        validationAccuracyLow: interval[0],
        validationAccuracyHigh: interval[1],
        validationLoss: figures.validationLoss,
        validationSamples: n,
      },
      dataset: dataset.hash,
      run: request.name,
      licence: 'MIT',
      ...(teacher === undefined ? {} : { teacher: teacher.facts }),
    };
    await store.write(runFiles.model, buildModel(architecture, modelWeights(kept.engine), metadata));
    return { end, epochs: state.epoch, validation: { accuracy, interval, n } };
  } finally {
    await engine.release();
  }
}

function describeTeacher({ run, architecture, split }: TeacherFacts, ownSplit: string): string {
  const taught = `taught by ${run} (${architecture}), which was ${split}`;
  if (split === ownSplit) return taught;
  return `${taught}; this run is ${ownSplit}: its validation figures are only honest if the teacher was not trained on those pictures`;
}

function describeSplit({ trainingSplit, validation, seed }: TrainConfig): string {
  return 'split' in validation
    ? `trained on ${trainingSplit}, validated on ${validation.split}`
    : `trained on ${trainingSplit} without fold ${validation.fold} of ${validation.folds} (seed ${validation.seed ?? seed}), validated on that fold`;
}

/** Progress with images per second, and the speed of each epoch. */
function createMeter({ clock, progress, config }: TrainRequest, stepsPerEpoch: number) {
  const total = config.epochs * stepsPerEpoch;
  let epochStart = clock();
  let firstStep: number | undefined;
  return {
    step(state: TrainerState): void {
      firstStep ??= state.stepInEpoch - 1;
      const done = state.stepInEpoch;
      const rate = ((done - firstStep) * config.batchSize) / ((clock() - epochStart) / 1000);
      progress.update(
        state.epoch * stepsPerEpoch + done,
        total,
        `epoch ${state.epoch + 1}/${config.epochs}, loss ${(state.lossSum / done).toFixed(3)}, ${rate.toFixed(0)} images/s`,
      );
    },
    epoch(state: TrainerState, waitShare: number): Speed {
      const now = clock();
      const steps = stepsPerEpoch - (firstStep ?? 0);
      const seconds = (now - epochStart) / 1000;
      epochStart = now;
      firstStep = undefined;
      const figures = state.history.at(-1)!;
      progress.note(
        `epoch ${figures.epoch}: training loss ${figures.trainingLoss.toFixed(4)}, accuracy ${percent(figures.trainingAccuracy)}; ` +
          `validation loss ${figures.validationLoss.toFixed(4)}, accuracy ${percent(figures.validationAccuracy)}`,
      );
      return {
        imagesPerSecond: round((steps * config.batchSize) / seconds),
        seconds: round(seconds),
        waitShare: Number(waitShare.toFixed(4)),
      };
    },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const round = (value: number): number => Math.round(value * 10) / 10;
