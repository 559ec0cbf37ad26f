// The model of a detector's run, from its checkpoint: at its end or while it goes on.
import { RunError } from '../../core/errors.js';
import { buildDetectorModel } from '../../core/model/build-detector-model.js';
import { createArchitecture, detectorNames } from '../../core/nn/architectures/create-architecture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { type Checkpoint, requireCheckpointOf } from '../../core/training/checkpoint.js';
import { modelWeights } from '../../core/training/engine.js';
import { type RunFacts, type RunStart, readRunFacts, readRunStarts, readSavedConfig } from '../train/run-folder.js';
import { readWeights } from '../train/run-weights.js';
import { type DetectorConfig, parseDetectorConfig } from './config.js';

/** A detector's run with one of its checkpoints. */
export interface TrainedDetector {
  readonly config: DetectorConfig;
  readonly facts: RunFacts;
  readonly starts: readonly RunStart[];
  readonly weights: DetectorConfig['keep'];
  readonly checkpoint: Checkpoint;
}

/** The model of a checkpoint's weights, or of their moving average where there is one. `threshold`: undefined when it is not known. */
export function detectorModel(
  { config, facts, checkpoint }: Pick<TrainedDetector, 'config' | 'facts' | 'checkpoint'>,
  threshold?: number,
): Uint8Array<ArrayBuffer> {
  const architecture = createArchitecture(config.architecture, { classes: 1 });
  return buildDetectorModel(architecture, modelWeights(checkpoint.engine), {
    format: 1,
    kind: 'face-detector',
    architecture: architecture.name,
    parameters: facts.parameters,
    dataset: facts.dataset,
    run: facts.name,
    validationShare: config.validationShare,
    epoch: checkpoint.trainer.epoch,
    validationPrecision: validationPrecision(checkpoint),
    ...(threshold === undefined ? {} : { threshold }),
  });
}

/** Average precision on the pictures that were held back, after the last complete epoch; null when there is none. */
export function validationPrecision({ trainer }: Checkpoint): number | null {
  return trainer.history.at(-1)?.validationPrecision ?? null;
}

/**
 * A run's last or best checkpoint, whether the run has ended or not. Throws RunError when the folder holds no run of a detector, or
 * no checkpoint yet.
 */
export async function readTrainedDetector(store: BlobStore, weights: DetectorConfig['keep']): Promise<TrainedDetector> {
  const config = await readSavedConfig(store, (json) => {
    const { architecture } = json as { readonly architecture?: unknown };
    if (!(detectorNames as readonly unknown[]).includes(architecture)) {
      throw new RunError("the run must be one of 'moodlens detector train', and this one is of another kind");
    }
    return parseDetectorConfig(json);
  });
  const facts = await readRunFacts(store);
  const checkpoint = await readWeights(store, weights);
  requireCheckpointOf(createArchitecture(config.architecture, { classes: 1 }), checkpoint);
  return { config, facts, starts: await readRunStarts(store), weights, checkpoint };
}
