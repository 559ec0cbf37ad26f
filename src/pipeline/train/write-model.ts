// The end of a run: its kept weights as a self-contained model file.

import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import { buildModel } from '../../core/model/build-model.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import type { Architecture } from '../../core/nn/architectures/architecture.js';
import { architectureFacts } from '../../core/nn/architectures/architecture-facts.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Checkpoint } from '../../core/training/checkpoint.js';
import { modelWeights } from '../../core/training/engine.js';
import { describeTargets } from './choose-targets.js';
import type { TrainConfig } from './config.js';
import { type RunFacts, runFiles } from './run-folder.js';
import { describeSplit } from './trained-on.js';

/** Validation accuracy of the kept weights, 0..1, with Wilson's 95 % interval. */
export interface KeptFigures {
  readonly accuracy: number;
  readonly interval: readonly [number, number];
  readonly n: number;
}

/** Figures of a model's weights on the validation samples, before they become metadata. */
export interface WeightFigures {
  /** Epochs that the weights were trained. */
  readonly epoch: number;
  readonly accuracy: number;
  /** Mean cross-entropy. */
  readonly loss: number;
  readonly n: number;
}

/** Writes model.onnx; returns the figures that its metadata gives, null when nothing validated. */
export async function writeModel(
  { dataset, config, store }: { dataset: PackedDataset; config: TrainConfig; store: BlobStore },
  { architecture, facts, kept }: { architecture: Architecture; facts: RunFacts; kept: Checkpoint },
): Promise<KeptFigures | null> {
  const { epoch, validationAccuracy: accuracy, validationLoss: loss } = kept.trainer.history.at(-1)!;
  const n = facts.validationSamples;
  const figures = accuracy === undefined || loss === undefined ? undefined : { epoch, accuracy, loss, n };
  const metadata = describeModel(architecture, {
    ...{ config, facts, labels: dataset.labels },
    metrics: figures === undefined ? { epoch } : validationMetrics(figures),
  });
  await store.write(runFiles.model, buildModel(architecture, modelWeights(kept.engine), metadata));
  if (accuracy === undefined) return null;
  return { accuracy, interval: wilsonInterval(Math.round(accuracy * n), n), n };
}

export interface ModelOrigin {
  readonly config: TrainConfig;
  readonly facts: RunFacts;
  readonly labels: readonly string[];
  readonly metrics: ModelMetadata['metrics'];
}

/** What a model of a run says about itself. */
export function describeModel(
  architecture: Architecture,
  { config, facts, labels, metrics }: ModelOrigin,
): ModelMetadata {
  return {
    format: 1,
    architecture: config.architecture,
    labels: [...labels],
    input: architecture.input,
    embedding: architectureFacts(architecture).embedding,
    parameters: facts.parameters,
    multiplyAdds: facts.multiplyAdds,
    split: describeSplit(config),
    ...(facts.splits === undefined ? {} : { splitFile: facts.splits }),
    targets: describeTargets(config),
    metrics,
    dataset: facts.dataset,
    run: facts.name,
    licence: 'MIT',
    ...(facts.teacher === undefined ? {} : { teacher: facts.teacher }),
    ...(facts.pretrained === undefined ? {} : { pretrained: facts.pretrained }),
  };
}

/** The figures as a model's metadata names them, with Wilson's 95 % interval of the accuracy. */
export function validationMetrics({ epoch, accuracy, loss, n }: WeightFigures): ModelMetadata['metrics'] {
  const [low, high] = wilsonInterval(Math.round(accuracy * n), n);
  return {
    epoch,
    validationAccuracy: accuracy,
    validationAccuracyLow: low,
    validationAccuracyHigh: high,
    validationLoss: loss,
    validationSamples: n,
  };
}
