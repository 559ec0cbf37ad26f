// The samples that --split or --run names.
import { createFolderStore } from '../../../../adapters/node/files.js';
import type { PackedDataset } from '../../../../core/dataset/packed-dataset.js';
import { requireConsent } from '../../../../pipeline/evaluate/config.js';
import {
  type EvaluatedSamples,
  samplesOfRun,
  samplesOfSplit,
  samplesOfSplitFile,
} from '../../../../pipeline/evaluate/evaluated-samples.js';
import { readTextFile } from '../../arguments/text-file.js';

export interface SampleChoice {
  readonly split?: string | undefined;
  /** Whose set `split` names; without it, the dataset's own split. */
  readonly splitFile?: string | undefined;
  /** A run folder, when no split is named. */
  readonly run?: string | undefined;
  /** Also true where the stage itself refuses test splits. */
  readonly yesThisIsTheTest: boolean;
}

/** Throws what the two ways throw, and ConfigError for a test split without consent. */
export async function chooseEvaluatedSamples(
  dataset: PackedDataset,
  { split, splitFile, run, yesThisIsTheTest }: SampleChoice,
): Promise<EvaluatedSamples> {
  const samples =
    run === undefined
      ? await namedSamples(dataset, split!, splitFile)
      : await samplesOfRun(dataset, createFolderStore(run));
  requireConsent(samples, yesThisIsTheTest);
  return samples;
}

async function namedSamples(dataset: PackedDataset, split: string, file?: string): Promise<EvaluatedSamples> {
  if (file === undefined) return samplesOfSplit(dataset, split);
  return samplesOfSplitFile(dataset, await readTextFile(file), split);
}
