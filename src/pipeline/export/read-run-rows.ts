// The training and validation rows of a run.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { type EvaluatedSamples, samplesOfRun } from '../evaluate/evaluated-samples.js';
import { chooseSamples } from '../train/choose-samples.js';
import { readRunConfig, readRunSplits } from '../train/run-folder.js';

export interface RunRows {
  /** Null when it trained on all rows. */
  readonly samples: EvaluatedSamples | null;
  readonly training: Int32Array;
}

/** `store`: the folder of a run, or of an ensemble's first member, as all validate on the same rows. Throws what `samplesOfRun` throws. */
export async function readRunRows(dataset: PackedDataset, store: BlobStore): Promise<RunRows> {
  const config = await readRunConfig(store);
  const { training } = chooseSamples(dataset, config, await readRunSplits(store, config, dataset));
  return { samples: config.validation === null ? null : await samplesOfRun(dataset, store), training };
}
