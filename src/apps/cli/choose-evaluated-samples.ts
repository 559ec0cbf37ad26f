// The samples that --split or --run names.
import { createFolderStore } from '../../adapters/node/files.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { requireConsent } from '../../pipeline/evaluate/config.js';
import { type EvaluatedSamples, samplesOfRun, samplesOfSplit } from '../../pipeline/evaluate/evaluated-samples.js';

export interface SampleChoice {
  readonly split?: string | undefined;
  /** A run folder, when no split is named. */
  readonly run?: string | undefined;
  readonly yesThisIsTheTest: boolean;
}

/** Throws what the two ways throw, and ConfigError for a test split without consent. */
export async function chooseEvaluatedSamples(
  dataset: PackedDataset,
  { split, run, yesThisIsTheTest }: SampleChoice,
): Promise<EvaluatedSamples> {
  const samples =
    run === undefined ? samplesOfSplit(dataset, split!) : await samplesOfRun(dataset, createFolderStore(run));
  requireConsent(samples.split, yesThisIsTheTest);
  return samples;
}
