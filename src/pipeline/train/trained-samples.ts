// Which samples a model may have been trained on, by what its file says.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { readSplitFile, type Splits, samplesOfSet } from '../../core/dataset/split-file.js';
import { stratifiedFolds } from '../../core/dataset/splits.js';
import { DatasetError } from '../../core/errors.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import { readTrainedOn, type TrainedOn } from './trained-on.js';

type Origin = Pick<ModelMetadata, 'dataset' | 'split' | 'splitFile' | 'pretrained' | 'members'>;

/**
 * As `samplesOfTraining` tells them; undefined also when a run of another dataset or split may have seen others, whose weights the
 * model began with.
 */
export function samplesTrainedOn(dataset: PackedDataset, origin: Origin): Int32Array | undefined {
  return sawOnlyItsOwnRows(origin) ? samplesOfTraining(dataset, origin) : undefined;
}

/**
 * Indices, ascending, of the samples that took part in the training of the model or of any member of an ensemble, their twins in the
 * validation split included; those of a run whose weights it began with are left aside. `splitFiles`: texts among which the model's
 * split file may be. Undefined when its metadata names another dataset, a split file that is not given, or a split that cannot be told.
 */
export function samplesOfTraining(
  dataset: PackedDataset,
  { dataset: hash, split, splitFile }: Omit<Origin, 'pretrained' | 'members'>,
  splitFiles: readonly string[] = [],
): Int32Array | undefined {
  if (hash !== dataset.hash) return undefined;
  const sets = splitFile === undefined ? undefined : setsOf(dataset, splitFile, splitFiles);
  if (splitFile !== undefined && sets === undefined) return undefined;
  try {
    const networks = readTrainedOn(split).map((each) => each && samplesOfNetwork(dataset, each, sets));
    const told = networks.filter((samples) => samples != null);
    return told.length < networks.length ? undefined : unionOf(told);
  } catch (error) {
    // A split that is not there, or fewer pictures than folds: not what the model was trained on.
    if (error instanceof DatasetError) return undefined;
    throw error;
  }
}

/** The sets of the file of that hash; undefined when it is not among the texts, which may be of anything. */
function setsOf(dataset: PackedDataset, hash: string, texts: readonly string[]): Splits['sets'] | undefined {
  for (const text of texts) {
    try {
      const splits = readSplitFile(text, dataset);
      if (splits.hash === hash) return splits.sets;
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
    }
  }
  return undefined;
}

/**
 * Whether the weights have seen no more than the origin's own split: where they, or those of a member, began with those of another run,
 * it and those before it must have been trained on the same split of the same dataset. Of a split file's sets that cannot be told.
 */
export function sawOnlyItsOwnRows({ dataset, split, splitFile, pretrained, members = [] }: Origin): boolean {
  const begunWith = [pretrained, ...members.map((member) => member.pretrained)].filter((run) => run !== undefined);
  const all = begunWith.flatMap((run) => [run, ...(run.earlier ?? [])]);
  if (all.length === 0) return true;
  return splitFile === undefined && all.every((run) => run.dataset === dataset && run.split === split);
}

function samplesOfNetwork(
  dataset: PackedDataset,
  { names, isOfFile, leftOut }: TrainedOn,
  sets: Splits['sets'] | undefined,
): Int32Array | undefined {
  if (isOfFile !== (sets !== undefined) || (leftOut !== null && leftOut.folds < 2)) return undefined;
  const rows = (name: string) => (sets === undefined ? splitIndices(dataset, name) : samplesOfSet({ sets }, name));
  const indices = Int32Array.from(names.flatMap((name) => [...rows(name)])).sort();
  return leftOut === null ? indices : stratifiedFolds(dataset, { ...leftOut, indices })[leftOut.fold]?.training;
}

function unionOf(lists: readonly Int32Array[]): Int32Array {
  return Int32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
}
