// Which samples an evaluation looks at: a split, or what a run validated on.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { type Splits, samplesOfSet, spellingOf } from '../../core/dataset/split-file.js';
import { RunError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { chooseSamples, splitNamesOf, splitsOf } from '../train/choose-samples.js';
import { readRunConfig, readRunFacts, readRunSplits } from '../train/run-folder.js';
import { isTestSplit } from './config.js';

export interface EvaluatedSamples {
  /** The split's name as the dataset spells it; with its fold when it is one. */
  readonly split: string;
  readonly test: boolean;
  /** Hash of the split file whose set they are; undefined for a split of the dataset. */
  readonly splitFile?: string;
  readonly indices: Int32Array;
}

/** All samples of a split. Throws DatasetError when there is none of that name. */
export function samplesOfSplit(dataset: PackedDataset, name: string): EvaluatedSamples {
  const indices = splitIndices(dataset, name);
  const split = dataset.splitNames[dataset.splits[indices[0]!]!]!;
  return { split, test: isTestSplit(split), indices };
}

/** All samples of a set of a split file. Throws DatasetError when there is none of that name. */
export function samplesOfSplitFile({ sets, hash }: Splits, name: string): EvaluatedSamples {
  const split = spellingOf(sets, name);
  return { split, test: isTestSplit(split), splitFile: hash, indices: samplesOfSet({ sets }, split) };
}

/** The samples that the run in `store` validates on. Throws RunError when there is no run or it is of another dataset. */
export async function samplesOfRun(dataset: PackedDataset, store: BlobStore): Promise<EvaluatedSamples> {
  const config = await readRunConfig(store);
  const facts = await readRunFacts(store);
  if (facts.dataset !== dataset.hash) {
    throw new RunError(
      'the validation samples of a run can only be told on the dataset it was trained on, and this one has another hash; give that --data, or name a --split',
    );
  }
  const { validation: choice, trainingSplit, seed } = config;
  if (choice === null) {
    throw new RunError(
      'the run trained on every row it was given and validated on none; name a --split that it has not seen',
    );
  }
  const text = await readRunSplits(store, config);
  const splits = splitsOf(dataset, config, text);
  const named = (name: string) =>
    splits === undefined ? samplesOfSplit(dataset, name) : samplesOfSplitFile(splits, name);
  if ('split' in choice) return named(choice.split);
  const bases = splitNamesOf(trainingSplit).map(named);
  const name = `${bases.map(({ split }) => split).join(' and ')}, fold ${choice.fold} of ${choice.folds} (seed ${choice.seed ?? seed})`;
  const { validation: indices } = chooseSamples(dataset, config, text);
  return { ...bases[0]!, split: name, test: bases.some(({ test }) => test), indices };
}
