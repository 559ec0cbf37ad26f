// Which samples an evaluation looks at: a split, or what a run validated on.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { RunError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { chooseSamples } from '../train/choose-samples.js';
import { readRunConfig, readRunFacts } from '../train/run-folder.js';
import { isTestSplit } from './config.js';

export interface EvaluatedSamples {
  /** The split's name as the dataset spells it; with its fold when it is one. */
  readonly split: string;
  readonly test: boolean;
  readonly indices: Int32Array;
}

/** All samples of a split. Throws DatasetError when there is none of that name. */
export function samplesOfSplit(dataset: PackedDataset, name: string): EvaluatedSamples {
  const indices = splitIndices(dataset, name);
  const split = dataset.splitNames[dataset.splits[indices[0]!]!]!;
  return { split, test: isTestSplit(split), indices };
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
  if ('split' in choice) return samplesOfSplit(dataset, choice.split);
  const { split, test } = samplesOfSplit(dataset, trainingSplit);
  const name = `${split}, fold ${choice.fold} of ${choice.folds} (seed ${choice.seed ?? seed})`;
  return { split: name, test, indices: chooseSamples(dataset, config).validation };
}
