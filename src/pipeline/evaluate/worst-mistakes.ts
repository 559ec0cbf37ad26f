// The wrong predictions with the highest confidence: often mislabelled samples.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { argmax } from '../../core/numbers/argmax.js';
import type { SamplePredictions } from './predict-samples.js';

export interface Mistake {
  /** Place in the dataset. */
  readonly index: number;
  /** Row of the dataset's source, from 0. */
  readonly row: number;
  /** Class names. */
  readonly truth: string;
  readonly predicted: string;
  /** Probability of the predicted class. */
  readonly confidence: number;
}

/** At most `count` of them, the highest confidence first; on a tie, the first in the dataset. */
export function worstMistakes(
  dataset: PackedDataset,
  { indices, truth, probabilities }: SamplePredictions,
  labels: readonly string[],
  count: number,
): Mistake[] {
  const classes = labels.length;
  return Array.from(indices, (index, k): Mistake | undefined => {
    const predicted = argmax(probabilities, k * classes, classes);
    if (predicted === truth[k]) return undefined;
    const confidence = probabilities[k * classes + predicted]!;
    return {
      ...{ index, row: dataset.rows[index]!, confidence },
      ...{ truth: labels[truth[k]!]!, predicted: labels[predicted]! },
    };
  })
    .filter((mistake) => mistake !== undefined)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, count);
}
