// Stratified folds for cross-validation that keep pixel-identical samples on one side.
import { DatasetError } from '../errors.js';
import { createRandom } from '../tensor/random.js';
import { firstTwins } from './duplicates.js';
import type { PackedDataset } from './packed-dataset.js';

/** One way to divide samples; both lists ascend and hold indices into the dataset. */
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
 * Divides samples into folds of nearly the same size and class shares; every sample validates exactly once, samples with the
 * same pixels in the same fold. The same seed gives the same folds. Throws DatasetError when there are fewer different samples than folds.
 */
export function stratifiedFolds(dataset: PackedDataset, options: FoldOptions): Fold[] {
  const { folds, seed } = options;
  if (!Number.isInteger(folds) || folds < 2)
    throw new RangeError(`stratifiedFolds: folds must be 2 or more, found ${folds}`);
  const indices = options.indices ?? Int32Array.from({ length: dataset.count }, (_, i) => i);
  const groups = groupTwins(dataset, indices);
  if (groups.length < folds) {
    throw new DatasetError(
      `${folds} folds need as many different samples and there are ${groups.length}; use fewer folds or more data`,
    );
  }
  const foldOf = assignGroups(dataset, groups, folds, seed);
  return Array.from({ length: folds }, (_, fold) => ({
    training: indices.filter((i) => foldOf.get(i) !== fold).sort(),
    validation: indices.filter((i) => foldOf.get(i) === fold).sort(),
  }));
}

function groupTwins(dataset: PackedDataset, indices: Int32Array): number[][] {
  const first = firstTwins(dataset);
  const groups = new Map<number, number[]>();
  for (const i of indices) {
    const group = groups.get(first[i]!);
    if (group === undefined) groups.set(first[i]!, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

/** Large groups first, then each group to the fold that has least of the group's class; among equals, the smallest fold. */
function assignGroups(dataset: PackedDataset, groups: number[][], folds: number, seed: number): Map<number, number> {
  const random = createRandom(seed);
  const order = random.shuffle([...groups]).sort((a, b) => b.length - a.length);
  const ofClass = Array.from({ length: folds }, () => new Float64Array(dataset.labels.length));
  const sizes = new Float64Array(folds);
  const foldOf = new Map<number, number>();
  for (const group of order) {
    const label = dataset.classes[group[0]!]!;
    let best = 0;
    for (let fold = 1; fold < folds; fold++) {
      const less = ofClass[fold]![label]! - ofClass[best]![label]!;
      if (less < 0 || (less === 0 && sizes[fold]! < sizes[best]!)) best = fold;
    }
    for (const i of group) {
      foldOf.set(i, best);
      const counts = ofClass[best]!;
      counts[dataset.classes[i]!] = counts[dataset.classes[i]!]! + 1;
    }
    sizes[best] = sizes[best]! + group.length;
  }
  return foldOf;
}
