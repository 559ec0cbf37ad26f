// How many samples each class has in each split.
import type { PackedDataset } from './packed-dataset.js';

/** `counts[split][class]`, for every name of a split and of a class, also those without samples. */
export function classCounts({
  labels,
  splitNames,
  classes,
  splits,
}: Pick<PackedDataset, 'labels' | 'splitNames' | 'classes' | 'splits'>): number[][] {
  const counts = splitNames.map(() => new Array<number>(labels.length).fill(0));
  classes.forEach((label, i) => {
    const ofSplit = counts[splits[i]!]!;
    ofSplit[label] = ofSplit[label]! + 1;
  });
  return counts;
}
