// The stress test: a model's accuracy on distorted pictures beside its accuracy on the same pictures undistorted.

import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { stratifiedSubset } from '../../core/dataset/stratified-subset.js';
import type { GreyPicture } from '../../core/image/picture.js';
import type { Accuracy } from '../../core/metrics/classification-figures.js';
import { hits } from '../../core/metrics/probability-metrics.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import type { TestTimeAugmentation } from '../../core/model/test-time-augmentation.js';
import { mean } from '../../core/numbers/mean.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { RecompressJpeg } from '../../core/ports/recompress-jpeg.js';
import { predictPictures } from './predict-pictures.js';
import { stressPictures } from './stress-pictures.js';
import { type Stress, stresses } from './stresses.js';
import { trueClasses } from './true-classes.js';

/** Draws the subset when not all samples are evaluated; never changed, like the distortions' own seed. */
const subsetSeed = 2026;

/** A share over several passes: each picture counts once, with the share of passes that got it right. */
export interface MeanAccuracy {
  readonly mean: number;
  /** Wilson's, as if each picture were right or wrong as a whole: never too narrow. */
  readonly interval: readonly [low: number, high: number];
}

export interface StressFigures extends MeanAccuracy {
  readonly name: string;
  readonly unit: string;
  /** The mean's accuracy less the clean one. */
  readonly change: number;
  /** Weak, medium, strong; `change` is the accuracy less the clean one. */
  readonly strengths: readonly (Accuracy & { readonly strength: number; readonly change: number })[];
}

export interface StressEvaluation {
  readonly n: number;
  readonly clean: Accuracy;
  readonly stresses: readonly StressFigures[];
  /** Over all stresses and strengths, equally weighted. */
  readonly stressedMean: number;
  readonly stressedInterval: readonly [low: number, high: number];
  /** The figure that recipes are judged by: halfway between clean and stressed. */
  readonly cleanAndStressedMean: number;
  readonly cleanAndStressedInterval: readonly [low: number, high: number];
}

export interface StressOptions {
  readonly batch: number;
  readonly recompress: RecompressJpeg;
  /** Default none. */
  readonly tta?: TestTimeAugmentation | undefined;
  /** The size of the stratified subset that is evaluated; default: all samples. */
  readonly samples?: number | undefined;
  readonly progress?: Progress;
}

/** Evaluates the samples at `indices`, clean and under every stress. Throws DatasetError when the model does not know their classes. */
export async function evaluateStress(
  dataset: PackedDataset,
  model: AskedModel,
  indices: Int32Array,
  options: StressOptions,
): Promise<StressEvaluation> {
  const { recompress, batch, tta, progress = silentProgress } = options;
  const count = options.samples ?? indices.length;
  const chosen = stratifiedSubset(dataset, indices, { count, seed: subsetSeed });
  const n = chosen.length;
  const { labels } = model.metadata;
  const truth = trueClasses(dataset, chosen, labels);
  const total = n * (1 + stresses.reduce((sum, { strengths }) => sum + strengths.length, 0));
  let done = 0;
  const measure = async (pictures: readonly GreyPicture[], name: string): Promise<Accuracy> => {
    const onDone = (of: number) => progress.update(done + of, total, name);
    const probabilities = await predictPictures(model, pictures, { batch, tta, onDone });
    done += n;
    const right = hits({ truth, probabilities, classes: labels.length }).filter(Boolean).length;
    return { accuracy: right / n, interval: wilsonInterval(right, n), n };
  };
  const clean = await measure(
    Array.from(chosen, (i) => samplePicture(dataset, i)),
    'clean',
  );
  const results: StressFigures[] = [];
  for (const stress of stresses) {
    const accuracies: Accuracy[] = [];
    for (const strength of stress.strengths) {
      accuracies.push(
        await measure(await stressPictures(dataset, chosen, { stress, strength }, recompress), stress.name),
      );
    }
    results.push(figuresOf(stress, accuracies, clean));
  }
  progress.finish();
  return summarise(clean, results);
}

function figuresOf({ name, unit, strengths }: Stress, accuracies: readonly Accuracy[], clean: Accuracy): StressFigures {
  const { mean, interval } = meanAccuracy(
    accuracies.map(({ accuracy }) => accuracy),
    clean.n,
  );
  return {
    name,
    unit,
    mean,
    interval,
    change: mean - clean.accuracy,
    strengths: accuracies.map((figures, i) => ({
      strength: strengths[i]!,
      ...figures,
      change: figures.accuracy - clean.accuracy,
    })),
  };
}

function summarise(clean: Accuracy, results: readonly StressFigures[]): StressEvaluation {
  const stressed = meanAccuracy(
    results.map(({ mean }) => mean),
    clean.n,
  );
  const both = meanAccuracy([clean.accuracy, stressed.mean], clean.n);
  return {
    n: clean.n,
    clean,
    stresses: results,
    stressedMean: stressed.mean,
    stressedInterval: stressed.interval,
    cleanAndStressedMean: both.mean,
    cleanAndStressedInterval: both.interval,
  };
}

function meanAccuracy(accuracies: readonly number[], n: number): MeanAccuracy {
  const accuracy = mean(accuracies);
  return { mean: accuracy, interval: wilsonInterval(accuracy * n, n) };
}
