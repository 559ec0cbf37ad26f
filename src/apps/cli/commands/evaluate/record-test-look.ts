// Writes down that a model was looked at on a test split: in its run folder, or beside its file.
import { basename, dirname, join, resolve } from 'node:path';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { readProgramFacts } from '../../../../adapters/node/program-facts.js';
import { StorageError } from '../../../../core/errors.js';
import type { Evaluation } from '../../../../pipeline/evaluate/evaluate.js';
import { recordTestLook, testLooksFile } from '../../../../pipeline/evaluate/test-looks.js';
import { runFiles } from '../../../../pipeline/train/run-folder.js';
import { holdsRun } from '../../../../pipeline/train/runs/run-record.js';
import { hashModelFile } from '../../arguments/model.js';

export interface RecordedLook {
  /** Which look at that split this was, from 1. */
  readonly number: number;
  /** Where it is written down. */
  readonly file: string;
}

export interface LookedAt {
  /** The model's file. */
  readonly model: string;
  /** The run whose samples were asked for. */
  readonly run?: string | undefined;
  readonly figures: Pick<Evaluation, 'split' | 'n' | 'dataset' | 'accuracy'>;
}

/** Throws StorageError when it cannot be written: the figures of a look that is not written down must not be shown. */
export async function recordLook({ model, run, figures }: LookedAt): Promise<RecordedLook> {
  const { folder, name } = await placeOfLooks(model, run);
  const { moodlens, revision } = await readProgramFacts();
  const { split, n, dataset, accuracy } = figures;
  const look = {
    at: new Date().toISOString(),
    ...{ split, n, dataset, model: await hashModelFile(model), moodlens, revision, accuracy },
  };
  try {
    return { number: await recordTestLook(createFolderStore(folder), name, look), file: join(folder, name) };
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    throw new StorageError(
      `a look at a test split must be written down, and ${cause.message}; copy the model into a folder of yours and name it with --model`,
      { cause },
    );
  }
}

/** The run folder that the model lies in, else the run that was named, else beside the model. */
async function placeOfLooks(model: string, run: string | undefined): Promise<{ folder: string; name: string }> {
  const own = dirname(resolve(model));
  if (await isRunFolder(own)) return { folder: own, name: testLooksFile };
  if (run !== undefined) return { folder: resolve(run), name: testLooksFile };
  return { folder: own, name: `${basename(model)}.${testLooksFile}` };
}

async function isRunFolder(folder: string): Promise<boolean> {
  const store = createFolderStore(folder);
  return (await store.read(runFiles.ensemble)) !== undefined || holdsRun(store);
}
