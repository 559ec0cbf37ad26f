// Which samples a model may have been trained on, by what its file says.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import { stratifiedFolds } from '../../core/dataset/splits.js';
import { DatasetError } from '../../core/errors.js';
import type { ModelMetadata } from '../../core/nn/model-metadata.js';
import { readTrainedOn, type TrainedOn } from '../evaluate/trained-on.js';

type Origin = Pick<ModelMetadata, 'dataset' | 'split' | 'splitFile' | 'pretrained' | 'members'>;

/**
 * Indices, ascending, of the samples that took part in the training of the model or of any member of an ensemble, their twins in the
 * validation split included; undefined when its metadata names another dataset, a split file, a run of another dataset or split whose
 * weights it began with, or a split that cannot be told.
 */
export function samplesTrainedOn(dataset: PackedDataset, origin: Origin): Int32Array | undefined {
  const { dataset: hash, split, splitFile } = origin;
  if (hash !== dataset.hash || splitFile !== undefined || !sawOnlyItsOwnRows(origin)) return undefined;
  try {
    const networks = readTrainedOn(split).map((each) => each && samplesOfNetwork(dataset, each));
    const told = networks.filter((samples) => samples != null);
    return told.length < networks.length ? undefined : unionOf(told);
  } catch (error) {
    // A split that is not there, or fewer pictures than folds: not what the model was trained on.
    if (error instanceof DatasetError) return undefined;
    throw error;
  }
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

function samplesOfNetwork(dataset: PackedDataset, { names, isOfFile, leftOut }: TrainedOn): Int32Array | undefined {
  if (isOfFile || (leftOut !== null && leftOut.folds < 2)) return undefined;
  const indices = Int32Array.from(names.flatMap((name) => [...splitIndices(dataset, name)])).sort();
  return leftOut === null ? indices : stratifiedFolds(dataset, { ...leftOut, indices })[leftOut.fold]?.training;
}

function unionOf(lists: readonly Int32Array[]): Int32Array {
  return Int32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
}
