// `--data`: a packed dataset, or FER2013's CSV for commands that only read it.
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option } from 'commander';
import { createFolderStore, openFileChunks } from '../../../adapters/node/files.js';
import type { PackedDataset } from '../../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../../core/errors.js';
import type { Progress } from '../../../core/ports/progress.js';
import { importFer2013 } from '../../../pipeline/data/import-fer2013.js';
import { readDataset } from '../../../pipeline/data/read-dataset.js';

/** The dataset that a command trains on; `more` is what it needs of it. */
export function datasetOption(more = ''): Option {
  return new Option('--data <dir>', `a dataset made by 'moodlens data import'${more}`);
}

/** The argument of a command on a dataset. */
export const datasetArgument = ['<dir>', "a dataset made by 'moodlens data import'"] as const;

/** `openEvaluatedData` opens it. */
export function evaluatedDataOption(): Option {
  return new Option(
    '--data <source>',
    "a dataset made by 'moodlens data import', or Kaggle's fer2013.csv",
  ).makeOptionMandatory();
}

export interface EvaluatedDataOptions {
  readonly data: string;
  /** CSV: leave broken rows out. */
  readonly skipBad?: boolean | undefined;
}

/** Throws ConfigError when there is nothing of that name, and what reading it throws. */
export async function openEvaluatedData(
  { data, skipBad }: EvaluatedDataOptions,
  progress: Progress,
): Promise<PackedDataset> {
  const kind = await stat(data).catch(() => undefined);
  if (kind === undefined)
    throw new ConfigError(`--data must name a dataset's folder or a CSV, and ${data} does not exist; check the path`);
  if (kind.isDirectory()) return readDataset(createFolderStore(data));
  const { size, chunks } = await openFileChunks(data);
  const { dataset, broken } = await importFer2013(
    chunks,
    basename(data),
    { skipBad: skipBad === true },
    { progress, totalBytes: size },
  );
  if (broken > 0) progress.note(`${broken} broken rows left out`);
  return dataset;
}
