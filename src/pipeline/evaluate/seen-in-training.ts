// Whether a model was trained on the samples that it is asked about, as far as its metadata tells.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { ModelMetadata } from '../../core/nn/model-metadata.js';
import type { EvaluatedSamples } from './evaluated-samples.js';

/**
 * True when the model, or a member of it, was trained on the samples' split; not when they are the very fold that it left out, of
 * the same data.
 */
export function seenInTraining(
  { split: trainedOn, dataset }: Pick<ModelMetadata, 'split' | 'dataset'>,
  { split, fold }: Pick<EvaluatedSamples, 'split' | 'fold'>,
  data: Pick<PackedDataset, 'hash'>,
): boolean {
  const base = fold === undefined ? split : split.slice(0, -`, ${fold}`.length);
  // Written by describeSplit (train/write-model.ts); of an ensemble one after the other, with "; " between.
  return trainedOn
    .toLowerCase()
    .split('; ')
    .some((each) => {
      const start = `trained on ${base}`.toLowerCase();
      if (each.startsWith(`${start},`)) return true;
      if (!each.startsWith(`${start} without `)) return false;
      const isLeftOut = fold !== undefined && dataset === data.hash && each.startsWith(`${start} without ${fold},`);
      return !isLeftOut;
    });
}
