// Evaluates a model on one split: figures with intervals, also without the samples that the training split holds pixel for pixel.
import { withoutTwinsIn } from '../../core/dataset/duplicates.js';
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import {
  type Accuracy,
  type ClassificationFigures,
  classificationFigures,
} from '../../core/metrics/classification-figures.js';
import type { ExpressionModel } from '../../core/nn/expression-model.js';
import type { TestTimeAugmentation } from '../../core/nn/test-time-augmentation.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { isTrainingSplit } from './config.js';
import type { EvaluatedSamples } from './evaluated-samples.js';
import { predictPictures } from './predict-pictures.js';
import { trueClasses } from './true-classes.js';

/** The figures, and what they are figures of. */
export interface Evaluation extends ClassificationFigures {
  readonly split: string;
  readonly test: boolean;
  /** The model's class names: the order of the confusion matrix. */
  readonly labels: readonly string[];
  readonly dataset: string;
  /** The looks at each picture whose mean the figures are of. */
  readonly testTimeAugmentation: TestTimeAugmentation;
  readonly model: { readonly architecture: string; readonly run: string; readonly trainedOn: string };
  /** The samples that are not in the training split pixel for pixel; null when the training split is not in the data, or is this one. */
  readonly withoutTrainingTwins: (Accuracy & { readonly twins: number }) | null;
}

export interface EvaluateOptions {
  /** Pictures that are looked at together. */
  readonly batch: number;
  /** Default none. */
  readonly tta?: TestTimeAugmentation | undefined;
  readonly progress?: Progress;
}

/** What the model says of each sample: `[n, classes]`, with the true classes as the model counts them. */
interface Predictions {
  readonly truth: Uint8Array;
  readonly probabilities: Float32Array;
}

/** Evaluates on the samples. Throws DatasetError when the model does not know their classes, ConfigError when `tta` is not for this model. */
export async function evaluate(
  dataset: PackedDataset,
  model: ExpressionModel,
  { split, test, indices }: EvaluatedSamples,
  { batch, tta = 'none', progress = silentProgress }: EvaluateOptions,
): Promise<Evaluation> {
  const { architecture, run, split: trainedOn, labels } = model.metadata;
  const truth = trueClasses(dataset, indices, labels);
  const pictures = Array.from(indices, (i) => samplePicture(dataset, i));
  const onDone = (done: number) => progress.update(done, indices.length, 'pictures');
  const probabilities = await predictPictures(model, pictures, { batch, tta, onDone });
  progress.finish();
  return {
    ...classificationFigures(truth, probabilities, labels),
    split,
    test,
    labels,
    dataset: dataset.hash,
    testTimeAugmentation: tta,
    model: { architecture, run, trainedOn },
    withoutTrainingTwins: withoutTrainingTwins(dataset, indices, { truth, probabilities }, labels),
  };
}

function withoutTrainingTwins(
  dataset: PackedDataset,
  indices: Int32Array,
  { truth, probabilities }: Predictions,
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
