// Evaluates a model on one split: figures with intervals, also without the samples that the training split holds pixel for pixel.
import { withoutTwinsIn } from '../../core/dataset/duplicates.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { type BootstrappedFigure, bootstrapIntervals, type Interval } from '../../core/metrics/bootstrap-intervals.js';
import {
  type Accuracy,
  type ClassificationFigures,
  classificationFigures,
} from '../../core/metrics/classification-figures.js';
import { type ReliabilityBin, reliabilityBins } from '../../core/metrics/reliability-bins.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import type { ExpressionModel } from '../../core/model/expression-model.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import type { TestTimeAugmentation } from '../../core/model/test-time-augmentation.js';
import { isTrainingSplit } from '../data/test-splits.js';
import type { EvaluatedSamples } from './evaluated-samples.js';
import { type EvaluateOptions, predictSamples, type SamplePredictions } from './predict-samples.js';
import { type SeenInTraining, seenInTraining } from './seen-in-training.js';
import { type Mistake, worstMistakes } from './worst-mistakes.js';

/** The figures, with the model and the samples. */
export interface Evaluation extends ClassificationFigures, SeenInTraining {
  /** 95 %: Wilson's for the share, by bootstrap for the others. Those of the accuracy and of the classes are stored beside their figures. */
  readonly intervals: Readonly<Record<BootstrappedFigure | 'top2', Interval>>;
  readonly reliability: readonly ReliabilityBin[];
  /** The highest confidence first. */
  readonly worstMistakes: readonly Mistake[];
  readonly split: string;
  readonly test: boolean;
  /** The model's class names: the order of the confusion matrix. */
  readonly labels: readonly string[];
  readonly dataset: string;
  /** The views of each picture over which the probabilities are averaged. */
  readonly testTimeAugmentation: TestTimeAugmentation;
  readonly model: {
    readonly architecture: string;
    readonly run: string;
    readonly trainedOn: string;
    /** The divisor of its logits; 1 when it was not calibrated. */
    readonly temperature: number;
    /** SHA-256 of its file; absent when there is no file. */
    readonly hash?: string | undefined;
  };
  /** The samples that are not in the training split pixel for pixel; null when the training split is not in the data, or is this one. */
  readonly withoutTrainingTwins: (Accuracy & { readonly twins: number }) | null;
}

/** Number of mistakes that are listed. */
const mistakeCount = 32;

/** Seed of the bootstrap: the same for all models, so that equal predictions have equal intervals. */
const bootstrapSeed = 1;

/** Evaluates on the samples. Throws what `predictSamples` throws. */
export async function evaluate(
  dataset: PackedDataset,
  model: ExpressionModel,
  samples: EvaluatedSamples,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const predictions = await predictSamples(dataset, model, samples.indices, options);
  return judgePredictions(dataset, samples, { predictions, metadata: model.metadata, tta: options.tta });
}

export interface Judged {
  readonly predictions: SamplePredictions;
  readonly metadata: ModelMetadata;
  /** SHA-256 of the model's file. */
  readonly hash?: string | undefined;
  /** Texts among which the split file that the model was trained with may be, besides that of the samples. */
  readonly splitFiles?: readonly string[] | undefined;
  /** Default none. */
  readonly tta?: TestTimeAugmentation | undefined;
}

/** The figures of a model's predictions for the samples. */
export function judgePredictions(
  dataset: PackedDataset,
  samples: EvaluatedSamples,
  { predictions, metadata, hash, tta = 'none', splitFiles = [] }: Judged,
): Evaluation {
  const { architecture, run, split: trainedOn, labels, temperature } = metadata;
  const { truth, probabilities } = predictions;
  const figures = classificationFigures(truth, probabilities, labels);
  const all = { truth, probabilities, classes: labels.length };
  return {
    ...figures,
    intervals: {
      ...bootstrapIntervals(all, figures, { seed: bootstrapSeed }),
      top2: wilsonInterval(Math.round(figures.top2 * figures.n), figures.n),
    },
    reliability: reliabilityBins(all),
    worstMistakes: worstMistakes(dataset, predictions, labels, mistakeCount),
    split: samples.split,
    test: samples.test,
    ...seenInTraining(metadata, samples, dataset, splitFiles),
    labels,
    dataset: dataset.hash,
    testTimeAugmentation: tta,
    model: { architecture, run, trainedOn, temperature: temperature?.value ?? 1, hash },
    withoutTrainingTwins: withoutTrainingTwins(dataset, predictions, labels),
  };
}

function withoutTrainingTwins(
  dataset: PackedDataset,
  { indices, truth, probabilities }: SamplePredictions,
  labels: readonly string[],
): Evaluation['withoutTrainingTwins'] {
  const training = dataset.splitNames.findIndex(isTrainingSplit);
  const trained = Int32Array.from(dataset.splits.keys()).filter((i) => dataset.splits[i] === training);
  if (trained.length === 0 || dataset.splits[indices[0]!] === training) return null;
  const unseen = new Set(withoutTwinsIn(dataset, indices, trained));
  const kept = [...indices.keys()].filter((k) => unseen.has(indices[k]!));
  const twins = indices.length - kept.length;
  if (kept.length === 0) return { accuracy: 0, interval: [0, 1], n: 0, twins };
  const classes = labels.length;
  const { accuracy, interval, n } = classificationFigures(
    kept.map((k) => truth[k]!),
    Float32Array.from(kept.flatMap((k) => [...probabilities.subarray(k * classes, (k + 1) * classes)])),
    labels,
  );
  return { accuracy, interval, n, twins };
}
