// What a run that goes on must share with its beginning: configuration, files, data, and weights that are whole.
import { RunError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { SavedCheckpoint } from '../../core/training/checkpoint.js';
import { lowestLoss } from '../../core/training/trainer-state.js';
import type { TrainConfig } from './config.js';
import { mayChange, type RunFacts, readRunConfig, readRunFacts, runFiles } from './run-folder.js';
import { readWeightsFile } from './run-weights.js';

/**
 * The run's last checkpoint; undefined when it stopped before the first one. Throws RunError when it is another run's, and when this
 * checkpoint or the best one is damaged: nothing that comes of it could be trusted.
 */
export async function readRun(
  store: BlobStore,
  config: TrainConfig,
  facts: RunFacts,
): Promise<SavedCheckpoint | undefined> {
  requireSameConfig(await readRunConfig(store), config, mayChange);
  const begun = await readRunFacts(store);
  requireSameFiles(begun, facts, config);
  return readSavedRun(store, facts, config.keep);
}

/** Throws RunError when a run's configuration is another than it began with, but for the keys that may change. */
export function requireSameConfig<C extends object>(saved: C, config: C, free: readonly (keyof C)[]): void {
  const differing = (Object.keys(config) as (keyof C)[]).filter(
    (key) => !free.includes(key) && JSON.stringify(saved[key]) !== JSON.stringify(config[key]),
  );
  if (differing.length === 0) return;
  const found = differing.map(
    (key) => `${String(key)} was ${JSON.stringify(saved[key])} and is ${JSON.stringify(config[key])}`,
  );
  throw new RunError(
    `a run must be resumed with its own configuration, and ${found.join(', ')}; leave those out, or start a new run with --out`,
  );
}

/**
 * The last checkpoint of a run of any kind; undefined when it stopped before the first one. Throws RunError for another dataset and for
 * damaged weights, and when the weights that are kept are missing.
 */
export async function readSavedRun(
  store: BlobStore,
  facts: Pick<RunFacts, 'dataset'>,
  keep: TrainConfig['keep'],
): Promise<SavedCheckpoint | undefined> {
  const { dataset } = await readRunFacts(store);
  if (dataset !== facts.dataset) {
    throw new RunError(
      `a run must be resumed on the dataset it began with, of hash ${shorten(dataset)}, and this one has another hash, ${shorten(facts.dataset)}; give that --data`,
    );
  }
  const last = await readWeightsFile(store, runFiles.checkpoint);
  const best = await readWeightsFile(store, runFiles.best);
  if (keep === 'best' && best === undefined && last !== undefined && lowestLoss(last.trainer.history) !== undefined) {
    throw new RunError(
      `the run keeps its best weights and must hold ${runFiles.best}, and does not; put it back, or go on with "keep": "last"`,
    );
  }
  return last;
}

/** A run's later steps must come from the same files as its first. */
function requireSameFiles(begun: RunFacts, now: RunFacts, config: TrainConfig): void {
  const files = [
    { what: 'split file', path: config.splitFile, hashes: [begun.splits, now.splits] },
    { what: 'teacher', path: config.distillation?.teacher, hashes: [begun.teacher?.hash, now.teacher?.hash] },
    { what: 'weights', path: config.pretrained?.run, hashes: [begun.pretrained?.hash, now.pretrained?.hash] },
    // Earlier versions did not note whose votes they were.
    { what: 'votes', path: config.votes?.file, hashes: [begun.votes ?? now.votes, now.votes] },
  ];
  const changed = files.find(({ hashes }) => hashes[0] !== hashes[1]);
  if (changed === undefined) return;
  throw new RunError(
    `a run must be resumed with the ${changed.what} it began with, and ${changed.path} has changed since; put the old one there, or start a new run with --out`,
  );
}

const shorten = (hash: unknown): string => `${String(hash).slice(0, 12)}…`;
