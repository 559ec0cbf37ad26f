// A run's weights on disk: the last checkpoint and the best one, whose bytes are verified whenever they are read.
import { RunError, StorageError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import {
  type Checkpoint,
  readCheckpoint,
  type SavedCheckpoint,
  writeCheckpoint,
} from '../../core/training/checkpoint.js';
import { lowestLoss } from '../../core/training/trainer-state.js';
import type { TrainConfig } from './config.js';
import { readRunFacts, runFiles } from './run-folder.js';

/** Saves where a run stands. Throws StorageError when it cannot be written: the checkpoint before is whole. */
export async function saveCheckpoint(store: BlobStore, checkpoint: Checkpoint, isBest: boolean): Promise<void> {
  const bytes = writeCheckpoint(checkpoint);
  try {
    if (isBest) await store.write(runFiles.best, bytes);
    await store.write(runFiles.checkpoint, bytes);
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    throw new StorageError(`${cause.message}; what was saved before is whole, and --resume goes on from it`, { cause });
  }
}

/** The checkpoint whose weights are kept: the last one, or that of the lowest validation loss. */
export const weightsFile = (keep: TrainConfig['keep']): WeightsFile =>
  keep === 'best' ? runFiles.best : runFiles.checkpoint;

/** The run's last checkpoint, or that of the lowest validation loss. Throws RunError when the folder does not hold it whole. */
export async function readWeights(store: BlobStore, kind: TrainConfig['keep']): Promise<SavedCheckpoint> {
  const name = weightsFile(kind);
  const checkpoint = await readWeightsFile(store, name);
  if (checkpoint === undefined) throw new RunError(`the run must hold ${name} and does not; start it again`);
  return checkpoint;
}

type WeightsFile = typeof runFiles.checkpoint | typeof runFiles.best;

/** Undefined when it is not there. Throws RunError, which says whether the other one is whole, when it is damaged. */
export async function readWeightsFile(store: BlobStore, name: WeightsFile): Promise<SavedCheckpoint | undefined> {
  const bytes = await store.read(name);
  if (bytes === undefined) return undefined;
  try {
    return await parseWeights(store, name, bytes);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw new RunError(`${name} of the run is damaged or another's: ${error.message}; ${await remedy(store, name)}`, {
      cause: error,
    });
  }
}

async function parseWeights(store: BlobStore, name: WeightsFile, bytes: Uint8Array): Promise<SavedCheckpoint> {
  const checkpoint = readCheckpoint(bytes);
  const { identity } = await readRunFacts(store);
  if (identity !== undefined && checkpoint.isChecked && checkpoint.run !== identity) {
    throw new RunError(`it is of another run than ${runFiles.run}`);
  }
  const { history } = checkpoint.trainer;
  const lowest = lowestLoss(history);
  if (name === runFiles.best && lowest !== history.at(-1)) {
    throw new RunError(
      `it must be of the epoch of the lowest validation loss, ${lowest?.epoch}, and is of a later one`,
    );
  }
  return checkpoint;
}

/** What can be done when one of the two is damaged. */
async function remedy(store: BlobStore, damaged: WeightsFile): Promise<string> {
  const other = damaged === runFiles.best ? runFiles.checkpoint : runFiles.best;
  const bytes = await store.read(other);
  let epoch: number | undefined;
  try {
    if (bytes !== undefined) ({ epoch } = (await parseWeights(store, other, bytes)).trainer);
  } catch {
    // Said below.
  }
  if (epoch === undefined) {
    return `${other} is ${bytes === undefined ? 'not there' : 'no better'}; put a copy back, or start a new run with --out`;
  }
  const whole = `${other}, of epoch ${epoch}, is whole`;
  return damaged === runFiles.checkpoint
    ? `${whole}: export it with --weights best, or copy it to ${damaged} and go on from there with --resume`
    : `${whole}: export it with --weights last, or remove ${damaged} and go on with --resume and "keep": "last"`;
}
