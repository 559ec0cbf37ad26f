// Weights of classes in a loss.
import type { PackedDataset } from './packed-dataset.js';

/**
 * 'balanced' weights every class inversely to its frequency among `training`, so that the mean weight of a sample is 1
 * (scikit-learn's rule); a class without samples has weight 1. Returns one number per class.
 */
export function balancedClassWeights({ classes, labels }: PackedDataset, training: Int32Array): number[] {
  const counts = new Int32Array(labels.length);
  for (const i of training) counts[classes[i]!]!++;
  const present = counts.filter((count) => count > 0).length;
  return Array.from(counts, (count) => (count === 0 ? 1 : training.length / (present * count)));
}
