// A packed dataset in numbers, and as text for a terminal.
import type { PackedDataset } from '../../../core/dataset/packed-dataset.js';

export interface DatasetSummary {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Samples of each split and of each class, by name. */
  readonly splits: Readonly<Record<string, number>>;
  readonly classes: Readonly<Record<string, number>>;
  readonly hash: string;
}

export function summariseDataset(dataset: PackedDataset): DatasetSummary {
  const { count, width, height, labels, splitNames, classes, splits, hash } = dataset;
  return {
    ...{ count, width, height },
    splits: countByName(splitNames, splits),
    classes: countByName(labels, classes),
    hash,
  };
}

/** Several lines, ending with a line end. `place`: the dataset's folder. */
export function describeDataset(place: string, dataset: PackedDataset): string {
  const { count, width, height, splits, classes, hash } = summariseDataset(dataset);
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ');
  return `${place}: ${count} samples of ${width}x${height}\n  splits   ${list(splits)}\n  classes  ${list(classes)}\n  hash     ${hash}\n`;
}

function countByName(names: readonly string[], indices: Uint8Array): Record<string, number> {
  const counts = new Array<number>(names.length).fill(0);
  for (const index of indices) counts[index] = counts[index]! + 1;
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!]));
}
