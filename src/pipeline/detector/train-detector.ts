// Trains a face detector: packed face pictures + configuration -> run folder with checkpoints, history and model.onnx. The loop,
// the engine and the folder are those of every training.

import { type FacesDescription, holdBack } from '../../core/dataset/face-pictures.js';
import { RunError } from '../../core/errors.js';
import { atSide } from '../../core/nn/architectures/architecture.js';
import { architectureFacts } from '../../core/nn/architectures/architecture-facts.js';
import { type ArchitectureName, createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { initialWeights } from '../../core/nn/architectures/parameters.js';
import { createRandom } from '../../core/numbers/random.js';
import type { OpenSession } from '../../core/ports/session.js';
import type { BatchSource } from '../../core/training/batches.js';
import { requireCheckpointOf } from '../../core/training/checkpoint.js';
import type { DetectionBatchOptions, ReadPixels } from '../../core/training/detection/detection-batches.js';
import type { TrainingEnd } from '../../core/training/trainer.js';
import { readSavedRun, requireSameConfig } from '../train/resume-run.js';
import { type RunFacts, readRunFacts, readSavedConfig, requireNoRun, runFiles } from '../train/run-folder.js';
import type { StartEngine } from '../train/train.js';
import { type RunPlace, trainInFolder } from '../train/train-in-folder.js';
import { type DetectorConfig, parseDetectorConfig } from './config.js';
import { detectorModel, validationPrecision } from './detector-model.js';
import { measureHeldBack } from './measure-held-back.js';
import { type PretrainedDetector, requireFit } from './pretrained-detector.js';
import { validateDetector } from './validate-detector.js';

export interface TrainDetectorRequest extends RunPlace {
  /** The run's name, kept in the model. */
  readonly name: string;
  readonly faces: FacesDescription;
  readonly config: DetectorConfig;
  /** What the run that `config.pretrained` names has left; undefined when it names none. */
  readonly pretrained?: PretrainedDetector | undefined;
  /** For validation, in this thread. */
  readonly readPixels: ReadPixels;
  /** For measuring the finished model, in this thread. */
  readonly openSession: OpenSession;
  readonly startEngine: StartEngine;
  readonly startBatches: (options: DetectionBatchOptions, threads: number) => BatchSource;
}

export interface TrainDetectorResult {
  readonly end: TrainingEnd;
  readonly epochs: number;
  /** Average precision of the weights in model.onnx on the pictures that were held back; null for a run that was stopped, or held none back. */
  readonly precision: number | null;
  /** The score from which a detection of model.onnx counts, chosen on those pictures; null as above. */
  readonly threshold: number | null;
}

const mayChange: readonly (keyof DetectorConfig)[] = ['keep', 'patience', 'batchThreads'];

/** About the loss of an untrained network, with the default shares of its parts. */
const guessingLoss = 30;

/** Throws RunError when the folder holds another run, or nothing to resume, when there are too few pictures, or when the training diverges. */
export async function trainDetector(request: TrainDetectorRequest): Promise<TrainDetectorResult> {
  const { config, faces, store, progress } = request;
  const options = { classes: 1 };
  const architecture = createArchitecture(config.architecture, options);
  // Throws when the strides do not divide the samples' side.
  atSide(architecture, config.side);
  const { training, validation } = holdBack(faces.pictures, config.validationShare);
  if (training.length < config.batchSize) {
    throw new RunError(
      `an epoch must hold at least one batch of ${config.batchSize}, and there are ${training.length} training pictures; choose a smaller batchSize`,
    );
  }
  const { pretrained } = request;
  if (pretrained !== undefined) requireFit(config, pretrained);
  const { parameters, multiplyAdds } = architectureFacts(architecture);
  const facts: RunFacts = {
    name: request.name,
    dataset: faces.hash,
    seed: config.seed,
    trainingSamples: training.length,
    validationSamples: validation.length,
    excludedDuplicates: 0,
    parameters,
    multiplyAdds,
    pretrained: pretrained?.facts,
  };
  if (!request.resume) await requireNoRun(store);
  const checkpoint = request.resume ? await readDetectorRun(request, facts) : undefined;
  if (checkpoint !== undefined) requireCheckpointOf(architecture, checkpoint);
  progress.note(
    `${architecture.name}: ${parameters.toLocaleString('en')} parameters, ${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds; ` +
      `${training.length} training and ${validation.length} validation pictures`,
  );
  const engine = await request.startEngine(config.architecture as ArchitectureName, options, {
    optimiser: config.optimiser,
    weights:
      checkpoint?.engine.weights ?? pretrained?.weights ?? initialWeights(architecture, createRandom(config.seed)),
    weightDecay: config.weightDecay,
    clipNorm: config.clipNorm,
    average: config.average,
    threads: config.threads,
    workers: config.workers,
    ghostBatch: config.ghostBatch,
    batchSize: config.batchSize,
    sides: config.side === architecture.crop.width ? [] : [config.side],
  });
  try {
    const { kept, ...result } = await trainInFolder(request, {
      ...{ config, facts, checkpoint, engine, guessingLoss },
      startBatches: () =>
        request.startBatches(
          {
            pictures: faces.pictures,
            indices: training,
            batchSize: config.batchSize,
            side: config.side,
            seed: config.seed,
            composition: config.composition,
            colours: config.colours,
            shares: config.shares,
          },
          config.batchThreads,
        ),
      validate:
        validation.length === 0
          ? undefined
          : (trained) => validateDetector(trained, faces.pictures, validation, request.readPixels),
      writeModel: async (checkpoint) => {
        // First without a threshold: should measuring fail, the model is there.
        const model = detectorModel({ config, facts, checkpoint });
        await store.write(runFiles.model, model);
        const measuring = { ...request, pictures: faces.pictures, share: config.validationShare };
        const threshold = (await measureHeldBack(model, measuring))?.threshold;
        if (threshold !== undefined) {
          await store.write(runFiles.model, detectorModel({ config, facts, checkpoint }, threshold));
        }
        return { precision: validationPrecision(checkpoint), threshold: threshold ?? null };
      },
    });
    return { ...result, precision: kept?.precision ?? null, threshold: kept?.threshold ?? null };
  } finally {
    await engine.release();
  }
}

async function readDetectorRun({ store, config }: TrainDetectorRequest, facts: RunFacts) {
  requireSameConfig(await readSavedConfig(store, parseDetectorConfig), config, mayChange);
  const begun = await readRunFacts(store);
  if (begun.pretrained?.hash !== facts.pretrained?.hash) {
    throw new RunError(
      `a run must be resumed with the weights it began with, and ${config.pretrained?.run} has changed since; put the old ones there, or start a new run with --out`,
    );
  }
  return readSavedRun(store, facts, config.keep);
}
