// Two models on the same samples: accuracies side by side, and whether their difference is more than chance.
import { comparePaired, type PairedComparison } from '../../core/metrics/paired-comparison.js';
import { hits } from '../../core/metrics/probability-metrics.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import type { SamplePredictions } from './predict-samples.js';
import type { SeenInTraining } from './seen-in-training.js';

/** Of the evaluated model, the first, and another one, the second. */
export interface ModelComparison extends PairedComparison, Partial<SeenInTraining> {
  /** What the second one is called. */
  readonly name: string;
  readonly model: { readonly architecture: string; readonly run: string; readonly trainedOn: string };
  /** Of the second one, with Wilson's 95 % interval. */
  readonly accuracy: number;
  readonly accuracyInterval: readonly [low: number, high: number];
}

/** Predictions of a model with what it says of itself. */
export interface PredictedBy {
  readonly predictions: SamplePredictions;
  readonly metadata: ModelMetadata;
}

/** Each model's classes are its own; `seen` is what is known of the second one's training; right is what it has right. Throws RangeError when the predictions are of different samples. */
export function compareModels(
  first: PredictedBy,
  second: PredictedBy & { readonly seen?: SeenInTraining | undefined },
  name: string,
): ModelComparison {
  const [indices, others] = [first.predictions.indices, second.predictions.indices];
  if (indices.length !== others.length || indices.some((index, k) => index !== others[k])) {
    throw new RangeError('compareModels: both models must have been asked about the same samples in the same order');
  }
  const paired = comparePaired(hitsOf(first), hitsOf(second));
  const rightOfSecond = paired.both + paired.onlySecond;
  const { architecture, run, split: trainedOn } = second.metadata;
  return {
    name,
    model: { architecture, run, trainedOn },
    accuracy: rightOfSecond / paired.n,
    accuracyInterval: wilsonInterval(rightOfSecond, paired.n),
    ...paired,
    ...second.seen,
  };
}

const hitsOf = ({ predictions, metadata: { labels } }: PredictedBy): boolean[] =>
  hits({ ...predictions, classes: labels.length });
