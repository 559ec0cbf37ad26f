// A run folder: what the run is, its checkpoints and its history.
import { z } from 'zod';
import { Sha256 } from '../../core/bytes/sha256.js';
import { decodeUtf8, encodeUtf8 } from '../../core/bytes/utf8.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError, DatasetError, RunError } from '../../core/errors.js';
import {
  type PretrainedFacts,
  pretrainedSchema,
  type TeacherFacts,
  teacherSchema,
} from '../../core/model/model-metadata.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { EpochFigures, TrainerState } from '../../core/training/trainer-state.js';
import { splitsOf } from './choose-samples.js';
import { parseTrainConfig, type TrainConfig } from './config.js';

/** Names of the files in a run folder. */
export const runFiles = {
  config: 'config.json',
  run: 'run.json',
  metrics: 'metrics.jsonl',
  checkpoint: 'checkpoint.bin',
  best: 'best.bin',
  model: 'model.onnx',
  result: 'result.json',
  /** The split file of a run that has one, as it was. */
  splits: 'splits.json',
  /** Of an ensemble's folder, in the place of the others: its members' configurations. */
  ensemble: 'ensemble.json',
} as const;

/** With what a run is trained. */
export interface RunProgram {
  /** The package's version. */
  readonly moodlens: string;
  /** The commit of the checkout, `-dirty` when files differ from it; null when it runs from no checkout. */
  readonly revision: string | null;
  readonly node: string;
  readonly onnxruntime: string;
  readonly device: string;
}

/** When and with what a run was begun or resumed. */
export interface RunStart extends RunProgram {
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * What a run says about itself in run.json; a resumed run must be of the same data and configuration. The file also has
 * `starts`: a RunStart for the beginning and for each time it was resumed.
 */
export interface RunFacts {
  readonly name: string;
  /** The dataset's hash. */
  readonly dataset: string;
  readonly seed: number;
  readonly trainingSamples: number;
  readonly validationSamples: number;
  readonly excludedDuplicates: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of a run that learns by distillation. */
  readonly teacher?: TeacherFacts | undefined;
  /** SHA-256 of the file of votes; undefined for a run without, and for one of a version that noted none. */
  readonly votes?: string | undefined;
  /** The hash of the split file; undefined for a run without. */
  readonly splits?: string | undefined;
  /** Of a run that goes on from another. */
  readonly pretrained?: PretrainedFacts | undefined;
  /** SHA-256 of the configuration, without what may change; undefined for a run of a version that noted none. */
  readonly configHash?: string | undefined;
  /** What its checkpoints carry, of the data and the configuration that it began with; undefined as above. */
  readonly identity?: string | undefined;
}

/** What is read of run.json must have; runs of earlier versions lack the rest. */
const factsSchema = z.looseObject({
  name: z.string(),
  dataset: z.string(),
  trainingSamples: z.int().nonnegative(),
  validationSamples: z.int().nonnegative(),
  parameters: z.int().nonnegative(),
  multiplyAdds: z.number().nonnegative(),
  teacher: teacherSchema.optional(),
  votes: z.string().optional(),
  splits: z.string().optional(),
  pretrained: pretrainedSchema.optional(),
  configHash: z.string().optional(),
  identity: z.string().optional(),
});

/** A run with its facts and configuration, to begin. */
export interface NewRun {
  readonly config: object;
  readonly facts: RunFacts;
  readonly start: RunStart;
  /** The text of the split file. */
  readonly splits?: string | undefined;
}

/** Writes what a run is. Throws RunError when the folder holds a run already. */
export async function beginRun(store: BlobStore, { config, facts, start, splits }: NewRun): Promise<void> {
  await requireNoRun(store);
  await store.write(runFiles.config, json(config));
  if (splits !== undefined) await store.write(runFiles.splits, splits);
  const configHash = hashConfig(config);
  const identity = new Sha256().update(encodeUtf8(configHash + facts.dataset)).hex();
  await store.write(runFiles.run, json({ ...facts, configHash, identity, starts: [start] }));
}

/** Records that a run is resumed, and the configuration keys that may change. A run of an early version has no starts yet. */
export async function resumeRun(store: BlobStore, { config, start }: Omit<NewRun, 'facts'>): Promise<void> {
  const run = await readJson<object>(store, runFiles.run);
  await store.write(runFiles.config, json(config));
  const starts = 'starts' in run && Array.isArray(run.starts) ? run.starts : [];
  // This version may know of more keys than the one that began the run.
  await store.write(runFiles.run, json({ ...run, configHash: hashConfig(config), starts: [...starts, start] }));
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

/** What may be another when a run is resumed; anything else, the number of epochs too, shapes every step. */
export const mayChange: readonly (keyof TrainConfig)[] = ['keep', 'patience', 'batchThreads'];

/** The configuration that a run was started with. Throws RunError when the folder holds no run, or that file is not as it was. */
export function readRunConfig(store: BlobStore): Promise<TrainConfig> {
  return readSavedConfig(store, parseTrainConfig);
}

/** The same of a run of any kind; `parse` throws ConfigError for what is no configuration of that kind. */
export async function readSavedConfig<C>(store: BlobStore, parse: (json: unknown) => C): Promise<C> {
  const json = await readJson(store, runFiles.config);
  const changed = (found: string, cause?: unknown): RunError =>
    new RunError(
      `${runFiles.config} of the run must be as the run wrote it, and ${found}; put the old one back, or start a new run with --out`,
      { cause },
    );
  let config: C;
  try {
    config = parse(json);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw changed(error.message, error);
  }
  const { configHash } = (await store.read(runFiles.run)) ? await readRunFacts(store) : {};
  if (configHash !== undefined && configHash !== hashConfig(json)) {
    throw changed(`its hash is not the one in ${runFiles.run}: one of the two was changed or damaged`);
  }
  return config;
}

/** Of what shapes the steps of a run; the order of the keys does not count. */
function hashConfig(config: object): string {
  const shaping = Object.entries(config).filter(([key]) => !(mayChange as readonly string[]).includes(key));
  shaping.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Sha256().update(encodeUtf8(JSON.stringify(shaping))).hex();
}

/** What the run says about itself. Throws RunError when the folder holds no run, or its run.json is damaged. */
export async function readRunFacts(store: BlobStore): Promise<RunFacts> {
  const result = factsSchema.safeParse(await readJson(store, runFiles.run));
  if (result.success) return result.data as RunFacts & z.infer<typeof factsSchema>;
  const { path, message } = result.error.issues[0]!;
  throw new RunError(`${runFiles.run} must say what the run is, and ${path.join('.')} is wrong: ${message}`);
}

/** The text of the split file of a run that has one. Throws RunError when it is gone, or not the one that the run began with. */
export async function readRunSplits(
  store: BlobStore,
  config: Pick<TrainConfig, 'splitFile'>,
  dataset: PackedDataset,
): Promise<string | undefined> {
  if (config.splitFile === null) return undefined;
  const bytes = await store.read(runFiles.splits);
  if (bytes === undefined) {
    throw new RunError(
      `a run on a split file must hold it as ${runFiles.splits}, and this one does not; put the file there, or name a --split`,
    );
  }
  const { splits: begun } = await readRunFacts(store);
  let found: string;
  try {
    const text = decodeUtf8(bytes);
    const hash = splitsOf(dataset, config, text)?.hash;
    if (begun === undefined || hash === begun) return text;
    found = 'it has another hash than run.json notes';
  } catch (error) {
    found = error instanceof DatasetError ? error.message : 'it is not UTF-8';
  }
  throw new RunError(
    `${runFiles.splits} of the run must be the split file that it began with, and is not: ${found}; put the old one back, or name a --split`,
  );
}

/** When and with what the run was begun and each time resumed; empty for a run of a version that noted none. */
export async function readRunStarts(store: BlobStore): Promise<readonly RunStart[]> {
  const run = await readJson<{ readonly starts?: readonly RunStart[] }>(store, runFiles.run);
  return Array.isArray(run.starts) ? run.starts : [];
}

/** The device on which the run was begun or last resumed; undefined for a run of a version that noted none. */
export async function readRunDevice(store: BlobStore): Promise<string | undefined> {
  return (await readRunStarts(store)).at(-1)?.device;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

async function readJson<T extends object>(store: BlobStore, name: string): Promise<T> {
  const bytes = await store.read(name);
  if (bytes === undefined) {
    throw new RunError(`a run folder must hold ${name} and this one does not; start a run with 'moodlens train --out'`);
  }
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw new RunError(`${name} of the run must be JSON and is damaged`, { cause });
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as T;
  throw new RunError(`${name} of the run must be a JSON object and is damaged`);
}

/** How fast an epoch went. */
export interface Speed {
  readonly imagesPerSecond: number;
  readonly seconds: number;
  /** Share of the training time in which the engine waited for batches, 0..1. */
  readonly waitShare: number;
}

/**
 * One line per epoch. The whole file is written anew, so that a resumed run never holds an epoch twice. Without `speed`,
 * when a run goes on, it becomes what the checkpoint says.
 */
export async function writeMetrics(store: BlobStore, state: TrainerState, speed?: Speed): Promise<void> {
  const existing = await store.read(runFiles.metrics);
  const lines = existing === undefined ? [] : readLines(existing);
  const newest = state.history.length - 1;
  const all = state.history.map((figures, i) => {
    if (i === newest && speed !== undefined) return JSON.stringify({ ...figures, ...speed });
    // A line that a crash kept from being written, or that was damaged, has no speed.
    return isLineOf(lines[i], figures) ? lines[i] : JSON.stringify(figures);
  });
  if (all.length > 0) await store.write(runFiles.metrics, `${all.join('\n')}\n`);
}

/** The lines of metrics.jsonl; none of a file that is damaged so far that it is no text. */
export function readLines(metrics: Uint8Array): string[] {
  try {
    return decodeUtf8(metrics).split('\n');
  } catch {
    return [];
  }
}

function isLineOf(line: string | undefined, figures: EpochFigures): boolean {
  // Speeds stand behind the figures.
  return line?.startsWith(JSON.stringify(figures).slice(0, -1)) === true && isJson(line);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
