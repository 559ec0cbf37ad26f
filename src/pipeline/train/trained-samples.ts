// Which samples a model may have been trained on, by what its file says.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { stratifiedFolds } from '../../core/dataset/splits.js';
import { DatasetError } from '../../core/errors.js';
import type { ModelMetadata } from '../../core/nn/model-metadata.js';

/**
 * Indices of the samples that took part in the training of the model, its twins in the validation split included; undefined when its
 * metadata names another dataset, a split file, a run whose weights it began with, or a split that cannot be told (see
 * `describeSplit`, whose words these are).
 */
export function samplesTrainedOn(
  dataset: PackedDataset,
  {
    dataset: hash,
    split,
    splitFile,
    pretrained,
  }: Pick<ModelMetadata, 'dataset' | 'split' | 'splitFile' | 'pretrained'>,
): Int32Array | undefined {
  if (hash !== dataset.hash || (splitFile ?? pretrained) !== undefined) return undefined;
  const fold = /^trained on (.+) without fold (\d+) of (\d+) \(seed (\d+)\), validated on that fold$/.exec(split);
  const whole = /^trained on (.+?)(, validated on .+|, with no row left to validate)$/.exec(split);
  const names = (fold ?? whole)?.[1]?.split(' and ');
  const [number = 0, folds = 0, seed = 0] = fold?.slice(2).map(Number) ?? [];
  if (names === undefined || (fold !== null && folds < 2)) return undefined;
  try {
    const indices = Int32Array.from(names.flatMap((name) => [...splitIndices(dataset, name)])).sort();
    return fold === null ? indices : stratifiedFolds(dataset, { folds, seed, indices })[number]?.training;
  } catch (error) {
    // A split that is not there, or fewer pictures than folds: not what the model was trained on.
    if (error instanceof DatasetError) return undefined;
    throw error;
  }
}
