// The samples of an evaluation: a split, or what a run validated on.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { readSplitFile, samplesOfSet, spellingOf } from '../../core/dataset/split-file.js';
import { RunError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { isTestSplit } from '../data/test-splits.js';
import { chooseSamples, splitNamesOf } from '../train/choose-samples.js';
import { readRunConfig, readRunFacts, readRunSplits, runFiles } from '../train/run-folder.js';
import { memberName } from '../train/train-ensemble.js';

export interface EvaluatedSamples {
  /** The split's name as the dataset spells it; with its fold when it is one. */
  readonly split: string;
  readonly test: boolean;
  /** The fold, when they are one. */
  readonly fold?: string;
  /** Hash of the split file that has them as a set; undefined for a split of the dataset. */
  readonly splitFile?: string;
  /** The text of that file. */
  readonly splits?: string;
  readonly indices: Int32Array;
}

/** All samples of a split. Throws DatasetError when there is none of that name. */
export function samplesOfSplit(dataset: PackedDataset, name: string): EvaluatedSamples {
  const indices = splitIndices(dataset, name);
  const split = dataset.splitNames[dataset.splits[indices[0]!]!]!;
  return { split, test: isTestSplit(split), indices };
}

/** All samples of a set of a split file, whose text is `splits`. Throws DatasetError when there is none of that name, or the file does not fit. */
export function samplesOfSplitFile(dataset: PackedDataset, splits: string, name: string): EvaluatedSamples {
  const { sets, hash } = readSplitFile(splits, dataset);
  const split = spellingOf(sets, name);
  return { split, test: isTestSplit(split), splitFile: hash, splits, indices: samplesOfSet({ sets }, split) };
}

/**
 * The samples that the run in `folder` validates on, or that all members of the ensemble in it do. Throws RunError when there is
 * neither, or it is of another dataset.
 */
export async function samplesOfRun(dataset: PackedDataset, folder: BlobStore): Promise<EvaluatedSamples> {
  const store = await runOf(folder);
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
  const text = await readRunSplits(store, config, dataset);
  const named = (name: string) =>
    text === undefined ? samplesOfSplit(dataset, name) : samplesOfSplitFile(dataset, text, name);
  if ('split' in choice) return named(choice.split);
  const bases = splitNamesOf(trainingSplit).map(named);
  const fold = `fold ${choice.fold} of ${choice.folds} (seed ${choice.seed ?? seed})`;
  const name = `${bases.map(({ split }) => split).join(' and ')}, ${fold}`;
  const { validation: indices } = chooseSamples(dataset, config, text);
  return { ...bases[0]!, split: name, test: bases.some(({ test }) => test), fold, indices };
}

/** The run itself; of an ensemble the first member, as all validate on the same samples. */
async function runOf(folder: BlobStore): Promise<BlobStore> {
  if ((await folder.read(runFiles.ensemble)) === undefined) return folder;
  const member: BlobStore = { ...folder, read: (name) => folder.read(`${memberName(0)}/${name}`) };
  if ((await member.read(runFiles.run)) !== undefined) return member;
  throw new RunError(
    `the folder of an ensemble must hold its members, and ${memberName(0)} is no run; go on with 'moodlens train --resume'`,
  );
}
