// Which samples train and which validate.
import { withoutTwinsIn } from '../../core/dataset/duplicates.js';
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { readSplitFile, type Splits, samplesOfSet } from '../../core/dataset/split-file.js';
import { stratifiedFolds } from '../../core/dataset/splits.js';
import { ConfigError } from '../../core/errors.js';
import type { TrainConfig } from './config.js';

export interface ChosenSamples {
  readonly training: Int32Array;
  /** Empty when nothing validates. */
  readonly validation: Int32Array;
  /** Training pictures left out because a validation picture is pixel-identical. */
  readonly excludedDuplicates: number;
}

/** What `chooseSamples` reads of a configuration. */
export type SampleChoice = Pick<
  TrainConfig,
  'trainingSplit' | 'validation' | 'excludeDuplicates' | 'seed' | 'splitFile'
>;

/**
 * `splits`: the text of the file that `splitFile` names. Throws DatasetError when a split is not there or the file is not one for
 * this dataset, ConfigError when the fold is not one of the folds, or what trains validates too.
 */
export function chooseSamples(dataset: PackedDataset, choice: SampleChoice, splits?: string): ChosenSamples {
  const { trainingSplit, validation, excludeDuplicates, seed } = choice;
  const rows = rowsByName(dataset, choice, splits);
  const names = splitNamesOf(trainingSplit);
  requireDifferent(names, validation);
  const all = Int32Array.from(names.flatMap((name) => [...rows(name)])).sort();
  if (validation === null) return { training: all, validation: new Int32Array(), excludedDuplicates: 0 };
  if ('folds' in validation) {
    const { folds, fold: number } = validation;
    // Folds keep duplicates on one side by themselves.
    const fold = stratifiedFolds(dataset, { folds, indices: all, seed: validation.seed ?? seed })[number];
    if (fold === undefined) throw new ConfigError(`the fold must be in 0..${folds - 1}, not ${number}`);
    return { ...fold, excludedDuplicates: 0 };
  }
  const validating = rows(validation.split);
  const training = excludeDuplicates ? withoutTwinsIn(dataset, all, validating) : all;
  return { training, validation: validating, excludedDuplicates: all.length - training.length };
}

/** The split file of a configuration, checked; undefined when it names none. */
export function splitsOf(dataset: PackedDataset, { splitFile }: Pick<TrainConfig, 'splitFile'>, text?: string) {
  if (splitFile === null) return undefined;
  if (text === undefined) throw new TypeError('splitsOf: the configuration names a split file and none is given');
  return readSplitFile(text, dataset);
}

/** `trainingSplit` as a list. */
export function splitNamesOf(trainingSplit: TrainConfig['trainingSplit']): readonly string[] {
  return typeof trainingSplit === 'string' ? [trainingSplit] : trainingSplit;
}

function rowsByName(dataset: PackedDataset, choice: SampleChoice, text?: string): (name: string) => Int32Array {
  const splits: Splits | undefined = splitsOf(dataset, choice, text);
  return (name) => (splits === undefined ? splitIndices(dataset, name) : samplesOfSet(splits, name));
}

function requireDifferent(training: readonly string[], validation: TrainConfig['validation']): void {
  const names = training.map((name) => name.toLowerCase());
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice !== -1) {
    throw new ConfigError(`trainingSplit must name each split once, and '${training[twice]}' is there twice`);
  }
  if (validation === null || !('split' in validation) || !names.includes(validation.split.toLowerCase())) return;
  throw new ConfigError(`a run must not validate on what it trains on, and both are '${validation.split}'; use folds`);
}
