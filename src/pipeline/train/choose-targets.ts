// What a run's loss aims at besides the labels: weights of classes, and soft labels from votes.
import { balancedClassWeights } from '../../core/dataset/class-weights.js';
import { ferplusClasses } from '../../core/dataset/ferplus-csv.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { translateVotes } from '../../core/dataset/translate-votes.js';
import { ConfigError } from '../../core/errors.js';
import { votesOfSamples } from '../data/votes-of-samples.js';
import type { TrainConfig } from './config.js';

export interface LossTargets {
  /** One number per class; null for 1 each. */
  readonly classWeights: readonly number[] | null;
  /** `[count, classes]`, rows sum to 1; undefined for none. */
  readonly softLabels?: Float32Array | undefined;
  /** The votes themselves, `[count, kinds]`, rows sum to 1; undefined for none. */
  readonly votes?: Float32Array | undefined;
}

/** Units of the auxiliary head that a configuration asks for. */
export function auxiliaryUnits({ votes }: TrainConfig): number {
  return votes !== null && votes.auxiliary > 0 ? ferplusClasses.length : 0;
}

/** What a model learned from besides the labels, for its metadata and card; undefined when nothing. */
export function describeTargets({ votes }: TrainConfig): string | undefined {
  if (votes === null) return undefined;
  const second = votes.auxiliary > 0 ? `, and in full by a second head (weight ${votes.auxiliary})` : '';
  return `FER+ votes: a share of ${votes.weight} of the targets${second}`;
}

/**
 * Only the training samples take part. Throws ConfigError when the weights do not fit the classes, DatasetError when the
 * votes are not FER+'s or not those of the dataset's rows.
 */
export function chooseTargets(
  dataset: PackedDataset,
  config: TrainConfig,
  training: Int32Array,
  votes: string | undefined,
): LossTargets {
  const { classWeights, votes: choice } = config;
  if (Array.isArray(classWeights) && classWeights.length !== dataset.labels.length) {
    throw new ConfigError(
      `classWeights must hold a number for each of the ${dataset.labels.length} classes, and holds ${classWeights.length}`,
    );
  }
  return {
    classWeights: classWeights === 'balanced' ? balancedClassWeights(dataset, training) : classWeights,
    ...(choice === null ? {} : votedTargets(dataset, training, votes, auxiliaryUnits(config) > 0)),
  };
}

function votedTargets(dataset: PackedDataset, training: Int32Array, text: string | undefined, auxiliary: boolean) {
  if (text === undefined) throw new TypeError('chooseTargets: the configuration names votes and none are given');
  const kinds = ferplusClasses.length;
  const votes = votesOfSamples(dataset, text);
  const { classes, labels } = dataset;
  const softLabels = translateVotes({ votes, kinds, classes, classCount: labels.length }, training);
  if (!auxiliary) return { softLabels };
  for (let i = 0; i < classes.length; i++) {
    const row = votes.subarray(i * kinds, (i + 1) * kinds);
    const total = row.reduce((sum, count) => sum + count, 0);
    // Nobody voted: every kind is as likely.
    for (let k = 0; k < kinds; k++) row[k] = total === 0 ? 1 / kinds : row[k]! / total;
  }
  return { softLabels, votes };
}
