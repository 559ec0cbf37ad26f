// Pictures on which there is likely no face: the detector finds none, and the model is unsure or people say so.

import type { VoteVerdict } from '../../core/dataset/audit/vote-agreement.js';
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { cropFaceScore } from '../../core/detect/mediapipe/crop-face-check.js';
import type { GreyPicture } from '../../core/image/picture.js';
import type { ExpressionModel } from '../../core/model/expression-model.js';
import type { Progress } from '../../core/ports/progress.js';
import { isTestSplit } from '../data/test-splits.js';

export interface FaceWitnesses {
  /** How surely a face is on a picture, 0..1. */
  readonly faceScore: (picture: GreyPicture) => Promise<number>;
  /** Having been trained on a picture makes it surer, so that its doubt counts all the more. */
  readonly model: ExpressionModel;
}

export interface NonFace {
  readonly sample: number;
  readonly faceScore: number;
  /** The model's largest probability; null for samples of test splits, which it is not shown. */
  readonly confidence: number | null;
  /** What most voters say; null without votes. */
  readonly votedNonFace: boolean | null;
}

/** The largest probability below which a model is unsure, times the classes: an even guess would be 1; chosen in docs/experiments.md. */
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
