// The accuracy of the mean over each picture and its mirror image, from existing predictions of the pictures.
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { mirror } from '../../core/image/mirror.js';
import type { Accuracy } from '../../core/metrics/classification-figures.js';
import { hits } from '../../core/metrics/probability-metrics.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import type { ExpressionModel } from '../../core/model/expression-model.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { predictPictures } from '../evaluate/predict-pictures.js';
import type { SamplePredictions } from '../evaluate/predict-samples.js';

export interface MirroredOptions {
  /** Pictures in one batch. */
  readonly batch: number;
  readonly progress?: Progress | undefined;
}

/** The same accuracy as `evaluate --tta flip`, for half the work. `predictions`: the model's predictions for the unmirrored pictures. */
export async function measureMirrored(
  dataset: PackedDataset,
  model: ExpressionModel,
  { indices, truth, probabilities }: SamplePredictions,
  { batch, progress = silentProgress }: MirroredOptions,
): Promise<Accuracy> {
  const pictures = Array.from(indices, (i) => mirror(samplePicture(dataset, i)));
  const onDone = (done: number) => progress.update(done, pictures.length, 'mirror images');
  const mirrored = await predictPictures(model, pictures, { batch, onDone });
  progress.finish();
  const mean = mirrored.map((probability, i) => (probability + probabilities[i]!) / 2);
  const right = hits({ truth, probabilities: mean, classes: model.metadata.labels.length }).filter(Boolean).length;
  const n = truth.length;
  return { accuracy: right / n, interval: wilsonInterval(right, n), n };
}
