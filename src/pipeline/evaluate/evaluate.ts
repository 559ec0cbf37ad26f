// Evaluates a model on one split: figures with intervals, also without the samples that the training split holds pixel for pixel.
import { withoutTwinsIn } from '../../core/dataset/duplicates.js';
import { type PackedDataset, samplePicture, splitIndices } from '../../core/dataset/packed-dataset.js';
import { DatasetError } from '../../core/errors.js';
import {
  type Accuracy,
  type ClassificationFigures,
  classificationFigures,
} from '../../core/metrics/classification-figures.js';
import type { ExpressionModel } from '../../core/nn/expression-model.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { type EvaluateConfig, isTestSplit, isTrainingSplit } from './config.js';

/** The figures, and what they are figures of. */
export interface Evaluation extends ClassificationFigures {
  readonly split: string;
  readonly test: boolean;
  /** The model's class names: the order of the confusion matrix. */
  readonly labels: readonly string[];
  readonly dataset: string;
  readonly model: { readonly architecture: string; readonly run: string; readonly trainedOn: string };
  /** The samples that are not in the training split pixel for pixel; null when the training split is not in the data, or is this one. */
  readonly withoutTrainingTwins: (Accuracy & { readonly twins: number }) | null;
}

/** What the model says of each sample: `[n, classes]`, with the true classes as the model counts them. */
interface SplitPredictions {
  readonly truth: Uint8Array;
  readonly probabilities: Float32Array;
}

/** Evaluates on `config.split`. Throws DatasetError when the split is not there or the model does not know its classes. */
export async function evaluate(
  dataset: PackedDataset,
  model: ExpressionModel,
  config: EvaluateConfig,
  { progress = silentProgress }: { progress?: Progress } = {},
): Promise<Evaluation> {
  const { architecture, run, split: trainedOn, labels } = model.metadata;
  const indices = splitIndices(dataset, config.split);
  const predictions = await predictSplit(dataset, indices, model, config.batch, progress);
  const split = dataset.splitNames[dataset.splits[indices[0]!]!]!;
  return {
    ...classificationFigures(predictions.truth, predictions.probabilities, labels),
    split,
    test: isTestSplit(split),
    labels,
    dataset: dataset.hash,
    model: { architecture, run, trainedOn },
    withoutTrainingTwins: withoutTrainingTwins(dataset, indices, predictions, labels),
  };
}

async function predictSplit(
  dataset: PackedDataset,
  indices: Int32Array,
  model: ExpressionModel,
  batch: number,
  progress: Progress,
): Promise<SplitPredictions> {
  const labels = model.metadata.labels;
  const classOf = matchClasses(dataset, indices, labels);
  const probabilities = new Float32Array(indices.length * labels.length);
  for (let start = 0; start < indices.length; start += batch) {
    const faces = Array.from(indices.subarray(start, start + batch), (i) => samplePicture(dataset, i));
    const predictions = await model.predict(faces);
    predictions.forEach((prediction, i) => {
      probabilities.set(prediction.probabilities, (start + i) * labels.length);
    });
    progress.update(start + faces.length, indices.length, 'pictures');
  }
  progress.finish();
  return { truth: Uint8Array.from(indices, (i) => classOf[dataset.classes[i]!]!), probabilities };
}

/** For each class of the dataset, the model's class of the same name. */
function matchClasses(dataset: PackedDataset, indices: Int32Array, labels: readonly string[]): number[] {
  const classOf = dataset.labels.map((label) => labels.findIndex((own) => own.toLowerCase() === label.toLowerCase()));
  const unknown = dataset.labels.filter((_, c) => classOf[c] === -1 && indices.some((i) => dataset.classes[i] === c));
  if (unknown.length > 0) {
    throw new DatasetError(
      `the model must know the classes of the data; it knows ${labels.join(', ')}, and the data has ${unknown.join(', ')} too; use a model trained on these classes`,
    );
  }
  return classOf;
}

function withoutTrainingTwins(
  dataset: PackedDataset,
  indices: Int32Array,
  { truth, probabilities }: SplitPredictions,
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
