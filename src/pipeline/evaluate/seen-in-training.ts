// Whether a model was trained on the samples of an evaluation, as far as its metadata tells.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import { readTrainedOn } from '../train/trained-on.js';
import { samplesOfTraining } from '../train/trained-samples.js';
import type { EvaluatedSamples } from './evaluated-samples.js';

export interface SeenInTraining {
  /** True when the model was trained on samples among these, so that the figures are too good for new samples; null when it is unknown. */
  readonly seenInTraining: boolean | null;
  /** Their number; null when only names of splits are known, or nothing. */
  readonly seenSamples: number | null;
}

/**
 * Row by row where the data is the model's own, else by the names of splits. `splitFiles`: texts among which the model's split file may
 * be, besides that of the samples.
 */
export function seenInTraining(
  metadata: Pick<ModelMetadata, 'split' | 'splitFile' | 'dataset'>,
  samples: EvaluatedSamples,
  dataset: PackedDataset,
  splitFiles: readonly string[] = [],
): SeenInTraining {
  const texts = samples.splits === undefined ? splitFiles : [samples.splits, ...splitFiles];
  const trained = samplesOfTraining(dataset, metadata, texts);
  if (trained === undefined) return { seenInTraining: seenByName(metadata, samples, dataset), seenSamples: null };
  const rows = new Set(trained);
  const seenSamples = samples.indices.reduce((count, index) => count + (rows.has(index) ? 1 : 0), 0);
  return { seenInTraining: seenSamples > 0, seenSamples };
}

/**
 * True when the model, or a member of it, was trained on the samples' split; not when they are the very fold that it left out, of
 * the same data. Null when it is unknown: a split's name means different rows in a split file, in the dataset and in another file.
 */
export function seenByName(
  { split, splitFile, dataset }: Pick<ModelMetadata, 'split' | 'splitFile' | 'dataset'>,
  samples: Pick<EvaluatedSamples, 'split' | 'fold' | 'splitFile'>,
  data: Pick<PackedDataset, 'hash'>,
): boolean | null {
  const { fold } = samples;
  const base = fold === undefined ? samples.split : samples.split.slice(0, -`, ${fold}`.length);
  const asked = sorted(base.split(' and '));
  let isUnknown = false;
  for (const each of readTrainedOn(split)) {
    if (each === null) {
      isUnknown = true;
      continue;
    }
    const names = sorted(each.names);
    if ((each.isOfFile ? (splitFile ?? null) : undefined) !== samples.splitFile) {
      isUnknown = true;
      continue;
    }
    const isOwnFold =
      fold !== undefined && each.leftOut?.name === fold && dataset === data.hash && names.join() === asked.join();
    if (!isOwnFold && names.some((name) => asked.includes(name))) return true;
  }
  return isUnknown ? null : false;
}

function sorted(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase()).sort();
}
