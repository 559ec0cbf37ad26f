// Which samples train and which validate.
import { withoutTwinsIn } from '../../core/dataset/duplicates.js';
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { stratifiedFolds } from '../../core/dataset/splits.js';
import { ConfigError } from '../../core/errors.js';
import type { TrainConfig } from './config.js';

export interface ChosenSamples {
  readonly training: Int32Array;
  readonly validation: Int32Array;
  /** Training pictures left out because a validation picture is pixel-identical. */
  readonly excludedDuplicates: number;
}

/** Throws DatasetError when a split is not there, ConfigError when the fold is not one of the folds. */
export function chooseSamples(dataset: PackedDataset, config: TrainConfig): ChosenSamples {
  const { trainingSplit, validation: choice, excludeDuplicates, seed } = config;
  const all = splitIndices(dataset, trainingSplit);
  if ('folds' in choice) {
    // Folds keep duplicates on one side by themselves.
    const fold = stratifiedFolds(dataset, { folds: choice.folds, indices: all, seed: choice.seed ?? seed })[
      choice.fold
    ];
    if (fold === undefined) {
      throw new ConfigError(`the fold must be in 0..${choice.folds - 1}, not ${choice.fold}`);
    }
    return { ...fold, excludedDuplicates: 0 };
  }
  if (choice.split.toLowerCase() === trainingSplit.toLowerCase()) {
    throw new ConfigError(`a run must not validate on what it trains on, and both are '${trainingSplit}'; use folds`);
  }
  const validation = splitIndices(dataset, choice.split);
  const training = excludeDuplicates ? withoutTwinsIn(dataset, all, validation) : all;
  return { training, validation, excludedDuplicates: all.length - training.length };
}
