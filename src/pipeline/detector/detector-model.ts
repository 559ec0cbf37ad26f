// A detector's model out of what a run has saved, when it ends or while it goes on.
import { RunError } from '../../core/errors.js';
import { buildDetectorModel } from '../../core/model/build-detector-model.js';
import { createArchitecture, detectorNames } from '../../core/nn/architectures/create-architecture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { type Checkpoint, requireCheckpointOf } from '../../core/training/checkpoint.js';
import { modelWeights } from '../../core/training/engine.js';
import { type RunFacts, readRunFacts, readSavedConfig } from '../train/run-folder.js';
import { readWeights } from '../train/run-weights.js';
import { type DetectorConfig, parseDetectorConfig } from './config.js';

export interface DetectorModel {
  /** The .onnx bytes. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Average precision on the pictures that were held back, after the last complete epoch; null when there is none. */
  readonly precision: number | null;
}

/** The model of a checkpoint's weights: of their moving average where it keeps one. */
export function detectorModel(config: DetectorConfig, facts: RunFacts, checkpoint: Checkpoint): DetectorModel {
  const architecture = createArchitecture(config.architecture, { classes: 1 });
  const { epoch, history } = checkpoint.trainer;
  const precision = history.at(-1)?.validationPrecision ?? null;
  const model = buildDetectorModel(architecture, modelWeights(checkpoint.engine), {
    format: 1,
    kind: 'face-detector',
    architecture: architecture.name,
    parameters: facts.parameters,
    dataset: facts.dataset,
    run: facts.name,
    validationShare: config.validationShare,
    epoch,
    validationPrecision: precision,
  });
  return { model, epoch, precision };
}

/**
 * The model of a run's last or best checkpoint, whether the run has ended or not. Throws RunError when the folder holds no run of a
 * detector, or no checkpoint yet.
 */
export async function exportDetector(store: BlobStore, kind: DetectorConfig['keep']): Promise<DetectorModel> {
  const config = await readSavedConfig(store, (json) => {
    const { architecture } = json as { readonly architecture?: unknown };
    if (!(detectorNames as readonly unknown[]).includes(architecture)) {
      throw new RunError("the run must be one of 'moodlens detector train', and this one is of another kind");
    }
    return parseDetectorConfig(json);
  });
  const facts = await readRunFacts(store);
  const checkpoint = await readWeights(store, kind);
  requireCheckpointOf(createArchitecture(config.architecture, { classes: 1 }), checkpoint);
  return detectorModel(config, facts, checkpoint);
}
