// The training rows of a model in a dataset, as far as its metadata names them.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { readSplitFile } from '../../core/dataset/split-file.js';
import { ConfigError } from '../../core/errors.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import { isTrainingSplit } from '../data/test-splits.js';
import { chooseSamples } from '../train/choose-samples.js';
import { readTrainedOn, type TrainedOn } from '../train/trained-on.js';

type Origin = Pick<ModelMetadata, 'split' | 'splitFile' | 'dataset'>;

/**
 * Ascending indices of the training rows of the model, or of any member of an ensemble; for a model of other data or unknown origin,
 * the training split. `splits`: the text of a split file, to whose sets the names then refer. Empty without a training split. Throws
 * ConfigError when the model was trained on the sets of another split file than the one given.
 */
export function trainingRowsOf(dataset: PackedDataset, origin: Origin, splits?: string): Int32Array {
  const told = origin.dataset === dataset.hash ? readTrainedOn(origin.split) : [null];
  if (told.some((each) => each === null)) return rowsOfTrainingSplit(dataset, splits);
  const networks = told as TrainedOn[];
  if (networks.some(({ isOfFile }) => isOfFile)) requireItsFile(dataset, origin, splits);
  const rows = networks.flatMap((each) => [...rowsOfNetwork(dataset, each, splits)]);
  return Int32Array.from(new Set(rows)).sort();
}

function rowsOfNetwork(dataset: PackedDataset, trained: TrainedOn, splits?: string): Int32Array {
  const { names, isOfFile, leftOut, validatedOn } = trained;
  const fold = leftOut && { fold: leftOut.fold, folds: leftOut.folds, seed: leftOut.seed };
  const choice = {
    trainingSplit: [...names],
    validation: fold ?? (validatedOn === null ? null : { split: validatedOn }),
    splitFile: isOfFile ? 'given' : null,
    ...{ excludeDuplicates: true, seed: 1 },
  };
  return chooseSamples(dataset, choice, splits).training;
}

function requireItsFile(dataset: PackedDataset, { split, splitFile }: Origin, splits?: string): void {
  if (splits !== undefined && readSplitFile(splits, dataset).hash === splitFile) return;
  const which = splitFile === undefined ? '' : ` (the hash of the file is ${splitFile.slice(0, 12)}…)`;
  throw new ConfigError(
    `an int8 form must be calibrated on rows that the model was trained on, and it was ${split}${which}; name that file with --split-file, its --run, or make the form with 'moodlens export --int8'`,
  );
}

function rowsOfTrainingSplit(dataset: PackedDataset, text?: string): Int32Array {
  if (text === undefined) {
    const training = dataset.splitNames.findIndex(isTrainingSplit);
    return Int32Array.from(dataset.splits.keys()).filter((i) => dataset.splits[i] === training);
  }
  const { sets } = readSplitFile(text, dataset);
  return [...sets].find(([name]) => isTrainingSplit(name))?.[1] ?? new Int32Array();
}
