// A model's predictions for samples of a dataset, with their true classes.
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { ModelFormatError } from '../../core/errors.js';
import { findImprobable } from '../../core/metrics/find-improbable.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import type { TestTimeAugmentation } from '../../core/model/test-time-augmentation.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { predictPictures } from './predict-pictures.js';
import { trueClasses } from './true-classes.js';

/** Entry k of each list is of the same sample. */
export interface SamplePredictions {
  /** Places in the dataset. */
  readonly indices: Int32Array;
  /** Classes as the model counts them. */
  readonly truth: Uint8Array;
  /** `[n, classes]`. */
  readonly probabilities: Float32Array;
}

export interface EvaluateOptions {
  /** Pictures in one run of the model. */
  readonly batch: number;
  /** Default none. */
  readonly tta?: TestTimeAugmentation | undefined;
  readonly progress?: Progress;
}

/**
 * Throws DatasetError when the model does not know the samples' classes, ConfigError when `tta` is not for this model,
 * ModelFormatError when its outputs are not probabilities.
 */
export async function predictSamples(
  dataset: PackedDataset,
  model: AskedModel,
  indices: Int32Array,
  { batch, tta = 'none', progress = silentProgress }: EvaluateOptions,
): Promise<SamplePredictions> {
  const { labels } = model.metadata;
  const truth = trueClasses(dataset, indices, labels);
  const pictures = Array.from(indices, (i) => samplePicture(dataset, i));
  const onDone = (done: number) => progress.update(done, indices.length, 'pictures');
  const probabilities = await predictPictures(model, pictures, { batch, tta, onDone });
  progress.finish();
  const odd = findImprobable(probabilities, labels.length);
  if (odd === undefined) return { indices, truth, probabilities };
  throw new ModelFormatError(
    `a model's output 'probabilities' must be probabilities: those of sample ${indices[odd.sample]} ${odd.fault}; export the model again, with its softmax`,
  );
}
