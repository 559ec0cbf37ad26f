// Stratified folds for cross-validation that keep pixel-identical samples on one side.
import type { PackedDataset } from './packed-dataset.js';
import { stratifiedSets } from './stratified-sets.js';

/** One division of the samples; both lists hold ascending indices into the dataset. */
export interface Fold {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

export interface FoldOptions {
  /** Number of folds, at least 2. */
  readonly folds: number;
  readonly seed: number;
  /** The samples to divide; default all. */
  readonly indices?: Int32Array;
}

/**
 * Divides samples into folds of nearly the same size and class shares; every sample is in the validation part exactly once, and samples with the
 * same pixels are in the same fold. The same seed gives the same folds. Throws DatasetError when there are fewer different samples than folds.
 */
export function stratifiedFolds(dataset: PackedDataset, options: FoldOptions): Fold[] {
  const { folds, seed } = options;
  if (!Number.isInteger(folds) || folds < 2)
    throw new RangeError(`stratifiedFolds: folds must be 2 or more, found ${folds}`);
  const indices = options.indices ?? Int32Array.from({ length: dataset.count }, (_, i) => i);
  const sets = stratifiedSets(dataset, { shares: new Array<number>(folds).fill(1), seed, indices });
  return sets.map((validation) => {
    const validates = new Set(validation);
    return { training: indices.filter((i) => !validates.has(i)).sort(), validation };
  });
}
