// A run folder: what the run is, its checkpoints and its history.
import { decodeUtf8 } from '../../core/dataset/utf8.js';
import { RunError } from '../../core/errors.js';
import { type Checkpoint, readCheckpoint } from '../../core/nn/checkpoint.js';
import type { TrainerState } from '../../core/nn/trainer.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { TeacherFacts } from './choose-teacher.js';
import { parseTrainConfig, type TrainConfig } from './config.js';

/** Names of the files in a run folder. */
export const runFiles = {
  config: 'config.json',
  run: 'run.json',
  metrics: 'metrics.jsonl',
  checkpoint: 'checkpoint.bin',
  best: 'best.bin',
  model: 'model.onnx',
  /** Of an ensemble's folder, in the place of the others: its members' configurations. */
  ensemble: 'ensemble.json',
} as const;

/** What a run says about itself in run.json; a resumed run must be of the same data and configuration. */
export interface RunFacts {
  readonly name: string;
  readonly dataset: string;
  readonly trainingSamples: number;
  readonly validationSamples: number;
  readonly excludedDuplicates: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of a run that learns by distillation. */
  readonly teacher?: TeacherFacts | undefined;
}

/** Writes what a run is. Throws RunError when the folder holds a run already. */
export async function beginRun(store: BlobStore, config: TrainConfig, facts: RunFacts): Promise<undefined> {
  await requireNoRun(store);
  await store.write(runFiles.config, `${JSON.stringify(config, null, 2)}\n`);
  await store.write(runFiles.run, `${JSON.stringify(facts, null, 2)}\n`);
}

/** Throws RunError when the folder holds a run or an ensemble. */
export async function requireNoRun(store: BlobStore): Promise<void> {
  for (const name of [runFiles.run, runFiles.ensemble]) {
    if ((await store.read(name)) === undefined) continue;
    throw new RunError(
      `a new run needs a folder without a run, and this one holds one; continue it with --resume, or choose another --out`,
    );
  }
}

/** The run's last checkpoint; undefined when it stopped before the first one. */
export async function readRun(store: BlobStore, config: TrainConfig, facts: RunFacts): Promise<Checkpoint | undefined> {
  const saved = await readRunConfig(store);
  // When to end early and which weights to keep may change; anything else, the number of epochs too, shapes every step.
  const differing = (Object.keys(config) as (keyof TrainConfig)[]).filter(
    (key) => key !== 'keep' && key !== 'patience' && JSON.stringify(saved[key]) !== JSON.stringify(config[key]),
  );
  if (differing.length > 0) {
    const found = differing.map(
      (key) => `${key} was ${JSON.stringify(saved[key])} and is ${JSON.stringify(config[key])}`,
    );
    throw new RunError(
      `a run must be resumed with its own configuration, and ${found.join(', ')}; leave those out, or start a new run with --out`,
    );
  }
  const { dataset, teacher } = await readRunFacts(store);
  if (teacher?.hash !== facts.teacher?.hash) {
    throw new RunError(
      `a run must be resumed with the teacher it began with, and ${config.distillation?.teacher} is another file by now; put the old one there, or start a new run with --out`,
    );
  }
  if (dataset !== facts.dataset) {
    throw new RunError(
      'a run must be resumed on the dataset it began with, and this one has another hash; give that --data',
    );
  }
  const bytes = await store.read(runFiles.checkpoint);
  return bytes === undefined ? undefined : readCheckpoint(bytes);
}

/** The configuration that a run was started with. Throws RunError when the folder holds no run. */
export async function readRunConfig(store: BlobStore): Promise<TrainConfig> {
  return parseTrainConfig(await readJson(store, runFiles.config));
}

/** What the run says about itself. Throws RunError when the folder holds no run. */
export async function readRunFacts(store: BlobStore): Promise<RunFacts> {
  return readJson<RunFacts>(store, runFiles.run);
}

async function readJson<T>(store: BlobStore, name: string): Promise<T> {
  const bytes = await store.read(name);
  if (bytes === undefined) {
    throw new RunError(`a run folder must hold ${name} and this one does not; start a run with 'moodlens train --out'`);
  }
  try {
    return JSON.parse(decodeUtf8(bytes)) as T;
  } catch (cause) {
    throw new RunError(`${name} of the run must be JSON and is damaged`, { cause });
  }
}

/** The checkpoint with the lowest validation loss. */
export async function readBest(store: BlobStore): Promise<Checkpoint> {
  const bytes = await store.read(runFiles.best);
  if (bytes === undefined) throw new RunError(`the run must hold ${runFiles.best} and does not; start it again`);
  return readCheckpoint(bytes);
}

/** How fast an epoch went. */
export interface Speed {
  readonly imagesPerSecond: number;
  readonly seconds: number;
  /** Share of the training time in which the engine waited for batches, 0..1. */
  readonly waitShare: number;
}

/** One line per epoch. The whole file is written anew, so that a resumed run never holds an epoch twice. */
export async function writeMetrics(store: BlobStore, state: TrainerState, speed: Speed): Promise<void> {
  const existing = await store.read(runFiles.metrics);
  const lines = existing === undefined ? [] : decodeUtf8(existing).split('\n');
  const newest = state.history.length - 1;
  const all = state.history.map((figures, i) => {
    if (i === newest) return JSON.stringify({ ...figures, ...speed });
    // A line that a crash kept from being written has no speed.
    return lines[i]?.startsWith(`{"epoch":${figures.epoch},`) ? lines[i] : JSON.stringify(figures);
  });
  await store.write(runFiles.metrics, `${all.join('\n')}\n`);
}
