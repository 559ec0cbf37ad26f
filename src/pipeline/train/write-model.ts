// The end of a run: its kept weights as a self-contained model file.
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import type { Architecture } from '../../core/nn/architecture.js';
import { architectureFacts } from '../../core/nn/architecture-facts.js';
import type { Checkpoint } from '../../core/nn/checkpoint.js';
import { modelWeights } from '../../core/nn/engine.js';
import { buildModel } from '../../core/nn/inference-graph.js';
import type { ModelMetadata } from '../../core/nn/model-metadata.js';
import { describeTargets } from './choose-targets.js';
import type { TrainConfig } from './config.js';
import { type RunFacts, runFiles } from './run-folder.js';
import type { TrainRequest } from './train.js';

/** Validation accuracy of the kept weights, 0..1, with Wilson's 95 % interval. */
export interface KeptFigures {
  readonly accuracy: number;
  readonly interval: readonly [number, number];
  readonly n: number;
}

/** Writes model.onnx; returns the figures that its metadata gives. */
export async function writeModel(
  { dataset, config, store, name }: Pick<TrainRequest, 'dataset' | 'config' | 'store' | 'name'>,
  { architecture, facts, kept }: { architecture: Architecture; facts: RunFacts; kept: Checkpoint },
): Promise<KeptFigures> {
  const figures = kept.trainer.history.at(-1)!;
  const n = facts.validationSamples;
  const accuracy = figures.validationAccuracy;
  const interval = wilsonInterval(Math.round(accuracy * n), n);
  const metadata: ModelMetadata = {
    format: 1,
    architecture: config.architecture,
    labels: [...dataset.labels],
    input: architecture.input,
    embedding: architectureFacts(architecture).embedding,
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
    run: name,
    licence: 'MIT',
    ...(facts.teacher === undefined ? {} : { teacher: facts.teacher }),
  };
  await store.write(runFiles.model, buildModel(architecture, modelWeights(kept.engine), metadata));
  return { accuracy, interval, n };
}

/** Which samples trained and validated, for people. */
export function describeSplit({ trainingSplit, validation, seed }: TrainConfig): string {
  return 'split' in validation
    ? `trained on ${trainingSplit}, validated on ${validation.split}`
    : `trained on ${trainingSplit} without fold ${validation.fold} of ${validation.folds} (seed ${validation.seed ?? seed}), validated on that fold`;
}
