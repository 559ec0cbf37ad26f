// Pictures that likely show no face: the detector finds none, and the model is uncertain or most voters agree.

import type { VoteVerdict } from '../../core/dataset/audit/vote-agreement.js';
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { cropFaceScore } from '../../core/detect/mediapipe/crop-face-check.js';
import type { GreyPicture } from '../../core/image/picture.js';
import type { ExpressionModel } from '../../core/model/expression-model.js';
import type { Progress } from '../../core/ports/progress.js';
import { isTestSplit } from '../data/test-splits.js';

export interface FaceWitnesses {
  /** The detector's confidence in a face, 0..1. */
  readonly faceScore: (picture: GreyPicture) => Promise<number>;
  /** Training on a picture raises the model's confidence, so a low one is all the stronger evidence. */
  readonly model: ExpressionModel;
}

export interface NonFace {
  readonly sample: number;
  readonly faceScore: number;
  /** The model's largest probability; null for samples of test splits, on which the model is not run. */
  readonly confidence: number | null;
  /** Whether most voters mark it as no face; null without votes. */
  readonly votedNonFace: boolean | null;
}

/**
 * A model counts as uncertain when its largest probability is below this multiple of the uniform probability.
 * Chosen in docs/experiments/audit.md, 'Pictures without a face'.
 */
const unsure = 2.5;

/** Lowest face score first. */
export async function findNonFaces(
  dataset: PackedDataset,
  samples: Int32Array,
  {
    faceScore,
    model,
    verdicts,
    progress,
  }: FaceWitnesses & { verdicts: readonly VoteVerdict[] | undefined; progress: Progress },
): Promise<NonFace[]> {
  const isTest = dataset.splitNames.map(isTestSplit);
  const found: NonFace[] = [];
  for (const [done, sample] of samples.entries()) {
    const picture = samplePicture(dataset, sample);
    const score = await faceScore(picture);
    progress.update(done + 1, samples.length, 'pictures searched for a face');
    if (score >= cropFaceScore) continue;
    const confidence = isTest[dataset.splits[sample]!]
      ? null
      : Math.max(...(await model.predict([picture]))[0]!.probabilities);
    const votedNonFace = verdicts === undefined ? null : verdicts[sample]!.isNonFace;
    if (votedNonFace === true || (confidence !== null && confidence < unsure / model.metadata.labels.length)) {
      found.push({ sample, faceScore: score, confidence, votedNonFace });
    }
  }
  progress.finish();
  return found.sort((a, b) => a.faceScore - b.faceScore || a.sample - b.sample);
}
