// Two models on the same samples: accuracies side by side, and whether their difference is more than chance.
import { comparePaired, type PairedComparison } from '../../core/metrics/paired-comparison.js';
import { hits } from '../../core/metrics/probability-metrics.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import type { SamplePredictions } from './predict-samples.js';
import type { SeenInTraining } from './seen-in-training.js';

/** `first`: the evaluated model; `second`: the other one. */
export interface ModelComparison extends PairedComparison, Partial<SeenInTraining> {
  /** The other model's name. */
  readonly name: string;
  readonly model: { readonly architecture: string; readonly run: string; readonly trainedOn: string };
  /** The other model's, with Wilson's 95 % interval. */
  readonly accuracy: number;
  readonly accuracyInterval: readonly [low: number, high: number];
}

/** Predictions of a model, with its metadata. */
export interface PredictedBy {
  readonly predictions: SamplePredictions;
  readonly metadata: ModelMetadata;
}

/** Each model has its own order of classes; `seen`: whether the other model was trained on the samples. Throws RangeError when the predictions are of different samples. */
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
