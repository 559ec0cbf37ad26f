// `--split`, `--split-file` and `--run`: the samples that a model is measured on.
import type { Command } from 'commander';
import type { z } from 'zod';
import { createFolderStore } from '../../../adapters/node/files.js';
import type { PackedDataset } from '../../../core/dataset/packed-dataset.js';
import { requireConsent } from '../../../pipeline/evaluate/config.js';
import {
  type EvaluatedSamples,
  samplesOfRun,
  samplesOfSplit,
  samplesOfSplitFile,
} from '../../../pipeline/evaluate/evaluated-samples.js';
import type { sampleKeys } from '../../../pipeline/evaluate/sample-keys.js';
import type { SchemaOptions } from './schema-options.js';
import { readTextFile } from './text-file.js';

/** Adds the options of `stage`, whose schema has these keys, to a command. */
export function addSampleOptions(
  command: Command,
  stage: Pick<SchemaOptions<z.ZodObject<typeof sampleKeys>>, 'option'>,
): Command {
  for (const key of ['split', 'splitFile', 'run'] as const) command.addOption(stage.option(key));
  return command;
}

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
