// The run whose weights a detector's training begins with.
import { Sha256 } from '../../core/bytes/sha256.js';
import { ConfigError, RunError } from '../../core/errors.js';
import type { PretrainedFacts } from '../../core/model/model-metadata.js';
import type { Weights } from '../../core/nn/architectures/parameters.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { modelWeights } from '../../core/training/engine.js';
import { weightsFile } from '../train/run-weights.js';
import type { DetectorConfig } from './config.js';
import { readTrainedDetector } from './detector-model.js';

export interface PretrainedDetector {
  /** Kept in run.json. */
  readonly facts: PretrainedFacts;
  readonly config: DetectorConfig;
  /** Those that became its model: their moving average where it keeps one. */
  readonly weights: Weights;
}

/** Reads the kept weights of a run. Throws RunError when the folder holds no run of a detector, or no weights yet. */
export async function readPretrainedDetector(store: BlobStore): Promise<PretrainedDetector> {
  const { keep } = (await readTrainedDetector(store, 'last')).config;
  const { config, facts, checkpoint } = await readTrainedDetector(store, keep);
  const file = await store.read(weightsFile(keep));
  if (file === undefined) throw new RunError(`a run to go on from must hold ${weightsFile(keep)}`);
  const { name: run, dataset, pretrained } = facts;
  return {
    facts: {
      ...{ hash: new Sha256().update(file).hex(), run, architecture: config.architecture, dataset },
      split: `epoch ${checkpoint.trainer.epoch} of ${config.epochs}, a share of ${config.validationShare} held back`,
      ...(pretrained && { earlier: [{ run: pretrained.run, dataset: pretrained.dataset, split: pretrained.split }] }),
    },
    config,
    weights: modelWeights(checkpoint.engine),
  };
}

/** Throws ConfigError unless a training with this configuration can go on from the run. */
export function requireFit(config: DetectorConfig, { facts, config: before }: PretrainedDetector): void {
  if (config.architecture !== before.architecture) {
    throw new ConfigError(
      `pretrained weights must be of the same network, here ${config.architecture}, and those of ${facts.run} are of ${before.architecture}; choose that architecture`,
    );
  }
  // Pictures are held back by their names, and a smaller share is part of a larger one.
  if (config.validationShare > before.validationShare) {
    throw new ConfigError(
      `validationShare must be at most that of the pretrained run, which learnt from all other pictures: ${facts.run} held ${before.validationShare} back, and here it is ${config.validationShare}`,
    );
  }
}
