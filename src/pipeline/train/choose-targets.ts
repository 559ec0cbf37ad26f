// What a run's loss aims at besides the labels: weights of classes, and soft labels from votes.
import { balancedClassWeights } from '../../core/dataset/class-weights.js';
import { ferplusClasses, readFerplusCsv } from '../../core/dataset/ferplus-csv.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { translateVotes } from '../../core/dataset/translate-votes.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import type { TrainConfig } from './config.js';

export interface LossTargets {
  /** One number per class; null for 1 each. */
  readonly classWeights: readonly number[] | null;
  /** `[count, classes]`, rows sum to 1; undefined for none. */
  readonly softLabels: Float32Array | undefined;
}

/**
 * Only the training samples take part. Throws ConfigError when the weights do not fit the classes, DatasetError when the
 * votes are not FER+'s or not those of the dataset's rows.
 */
export function chooseTargets(
  dataset: PackedDataset,
  { classWeights, votes: choice }: TrainConfig,
  training: Int32Array,
  votes: string | undefined,
): LossTargets {
  if (Array.isArray(classWeights) && classWeights.length !== dataset.labels.length) {
    throw new ConfigError(
      `classWeights must hold a number for each of the ${dataset.labels.length} classes, and holds ${classWeights.length}`,
    );
  }
  return {
    classWeights: classWeights === 'balanced' ? balancedClassWeights(dataset, training) : classWeights,
    softLabels: choice === null ? undefined : softLabels(dataset, training, votes),
  };
}

function softLabels(dataset: PackedDataset, training: Int32Array, text: string | undefined): Float32Array {
  if (text === undefined) throw new TypeError('chooseTargets: the configuration names votes and none are given');
  if (dataset.source.kind !== 'fer2013-csv') {
    throw new DatasetError(
      `votes are for datasets imported from fer2013.csv, and this one comes from ${dataset.source.kind}; leave out 'votes'`,
    );
  }
  const { rows, votes } = readFerplusCsv(text);
  const kinds = ferplusClasses.length;
  const last = dataset.rows.reduce((largest, row) => Math.max(largest, row), 0);
  if (last >= rows) {
    throw new DatasetError(
      `the votes must reach to row ${last} of the dataset and end with row ${rows - 1}; give the file of the whole dataset`,
    );
  }
  const ofSamples = new Float32Array(dataset.count * kinds);
  dataset.rows.forEach((row, i) => {
    ofSamples.set(votes.subarray(row * kinds, (row + 1) * kinds), i * kinds);
  });
  return translateVotes(
    { votes: ofSamples, kinds, classes: dataset.classes, classCount: dataset.labels.length },
    training,
  );
}
