// The export stage: a detector's run -> one self-contained .onnx, with its threshold and figures when its pictures are there.
import type { FacesDescription } from '../../core/dataset/face-pictures.js';
import { RunError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { DetectorConfig } from './config.js';
import { detectorModel, readTrainedDetector, type TrainedDetector } from './detector-model.js';
import { type HeldBackFigures, type HeldBackRequest, measureHeldBack } from './measure-held-back.js';

/** The pictures that the run was trained on, and what it takes to measure the model on them. */
export interface MeasuringParts extends Omit<HeldBackRequest, 'pictures' | 'share'> {
  readonly faces: FacesDescription;
}

export interface ExportDetectorRequest {
  /** The run folder. */
  readonly store: BlobStore;
  readonly weights: DetectorConfig['keep'];
  /** Undefined for a model without figures and threshold. */
  readonly measuring?: MeasuringParts | undefined;
}

export interface ExportedDetector {
  /** The .onnx bytes. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly run: TrainedDetector;
  /** On the pictures that the run held back, null when it held none back, undefined when they were not given. */
  readonly figures: HeldBackFigures | null | undefined;
}

/**
 * Exports a run's last or best checkpoint, whether the run has ended or not. Throws RunError when the folder holds no run of a detector
 * or no checkpoint yet, or when the pictures are not those of the run; ModelFormatError when the model gives numbers that are not finite.
 */
export async function exportDetector({ store, weights, measuring }: ExportDetectorRequest): Promise<ExportedDetector> {
  const run = await readTrainedDetector(store, weights);
  if (measuring === undefined) return { model: detectorModel(run), run, figures: undefined };
  const { faces, ...parts } = measuring;
  const { facts, config } = run;
  if (facts.dataset !== faces.hash) {
    throw new RunError(
      `a detector is measured on the face pictures that its run was trained on, of hash ${facts.dataset.slice(0, 12)}…, and these have another, ${faces.hash.slice(0, 12)}…; give those as --data`,
    );
  }
  const request = { ...parts, pictures: faces.pictures, share: config.validationShare };
  const figures = await measureHeldBack(detectorModel(run), request);
  return { model: detectorModel(run, figures?.threshold), run, figures };
}
