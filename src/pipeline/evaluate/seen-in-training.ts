// Whether a model was trained on the samples that it is asked about, as far as its metadata tells.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { ModelMetadata } from '../../core/nn/model-metadata.js';
import type { EvaluatedSamples } from './evaluated-samples.js';

/** What describeSplit (train/write-model.ts) writes; of an ensemble one after the other, with "; " between. */
const description =
  /^trained on (.+?)( of a split file)?(?: without (fold \d+ of \d+ \(seed \d+\)))?, (?:validated on|with no row)/i;

/**
 * True when the model, or a member of it, was trained on the samples' split; not when they are the very fold that it left out, of
 * the same data. Null when that cannot be told: names of splits mean other rows in a split file than in the dataset or in another file.
 */
export function seenInTraining(
  { split: trainedOn, splitFile, dataset }: Pick<ModelMetadata, 'split' | 'splitFile' | 'dataset'>,
  samples: Pick<EvaluatedSamples, 'split' | 'fold' | 'splitFile'>,
  data: Pick<PackedDataset, 'hash'>,
): boolean | null {
  const { fold } = samples;
  const base = fold === undefined ? samples.split : samples.split.slice(0, -`, ${fold}`.length);
  const asked = namesIn(base);
  let isUnknown = false;
  for (const each of trainedOn.split('; ')) {
    const [, names, isOfFile, leftOut] = description.exec(each) ?? [];
    if (names === undefined) continue;
    if ((isOfFile === undefined ? undefined : (splitFile ?? null)) !== samples.splitFile) {
      isUnknown = true;
      continue;
    }
    const isOwnFold =
      fold !== undefined && leftOut === fold && dataset === data.hash && namesIn(names).join() === asked.join();
    if (!isOwnFold && namesIn(names).some((name) => asked.includes(name))) return true;
  }
  return isUnknown ? null : false;
}

function namesIn(list: string): string[] {
  return list.toLowerCase().split(' and ').sort();
}
