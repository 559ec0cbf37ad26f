// Reads a run folder tolerantly: runs of other versions and runs under way too.
import { z } from 'zod';
import { decodeUtf8 } from '../../../core/bytes/utf8.js';
import { RunError } from '../../../core/errors.js';
import type { BlobStore } from '../../../core/ports/blob-store.js';
import { lowestLoss } from '../../../core/training/trainer-state.js';
import { runFiles } from '../run-folder.js';
import { type RunResult, readResult } from '../run-result.js';

const configSchema = z.looseObject({
  architecture: z.string(),
  epochs: z.int().positive(),
  keep: z.enum(['last', 'best']).default('last'),
});

const startSchema = z.looseObject({
  at: z.string(),
  moodlens: z.string().optional(),
  revision: z.string().nullable().optional(),
  node: z.string().optional(),
  onnxruntime: z.string().optional(),
  device: z.string().optional(),
});

const factsSchema = z.looseObject({
  dataset: z.string(),
  trainingSamples: z.int().nonnegative(),
  validationSamples: z.int().nonnegative(),
  parameters: z.int().nonnegative(),
  multiplyAdds: z.number().nonnegative(),
  starts: z.array(startSchema).default([]),
});

const epochSchema = z.looseObject({
  epoch: z.int().positive(),
  learningRate: z.number(),
  trainingLoss: z.number(),
  trainingAccuracy: z.number().optional(),
  /** Both are missing without validation samples. */
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().min(0).max(1).optional(),
  /** Of a detector: average precision. */
  validationPrecision: z.number().min(0).max(1).optional(),
  imagesPerSecond: z.number().optional(),
  seconds: z.number().optional(),
});

/** A line of metrics.jsonl; an epoch whose line was lost in a crash has no speed. */
export type EpochRecord = z.infer<typeof epochSchema>;

/** With a question mark: not recorded, and inferred from the time of the folder's last change. */
export type RunState = RunResult['end'] | 'running?' | 'stopped?';

export interface RunRecord {
  readonly name: string;
  readonly config: z.infer<typeof configSchema>;
  readonly facts: z.infer<typeof factsSchema>;
  readonly history: readonly EpochRecord[];
  readonly state: RunState;
  readonly result: RunResult | undefined;
}

export interface RunSource {
  readonly name: string;
  readonly store: BlobStore;
  /** Time since the folder's last change; undefined when the store does not know it. */
  readonly quietSeconds?: number | undefined;
}

/** True when the folder has a file of a run, even a damaged one; config.json alone may be another program's. */
export async function holdsRun(store: BlobStore): Promise<boolean> {
  for (const name of [runFiles.run, runFiles.metrics, runFiles.checkpoint]) {
    if ((await store.read(name)) !== undefined) return true;
  }
  return false;
}

/** Throws RunError with the file that is missing or damaged. */
export async function readRunRecord({ name, store, quietSeconds }: RunSource): Promise<RunRecord> {
  const config = await readJson(store, runFiles.config, configSchema);
  const facts = await readJson(store, runFiles.run, factsSchema);
  const history = await readHistory(store);
  const result = await readResult(store);
  const state = result?.end ?? (await guessState(store, history, { total: config.epochs, quietSeconds }));
  return { name, config, facts, history, state, result };
}

/** The epoch of the lowest validation loss, the first on a tie; undefined before the first is complete, and without validation samples. */
export function bestEpoch({ history }: Pick<RunRecord, 'history'>): EpochRecord | undefined {
  return lowestLoss(history);
}

/** The epoch whose weights the model has, or would have if the run ended now. */
export function keptEpoch(run: Pick<RunRecord, 'history' | 'config'>): EpochRecord | undefined {
  return run.config.keep === 'best' ? bestEpoch(run) : run.history.at(-1);
}

/** For a run without result.json: under way, interrupted, or of a version that did not write it. */
async function guessState(
  store: BlobStore,
  history: readonly EpochRecord[],
  { total, quietSeconds }: { total: number; quietSeconds: number | undefined },
): Promise<RunState> {
  if ((await store.list()).includes(runFiles.model)) return history.length < total ? 'early' : 'finished';
  const longestEpoch = Math.max(0, ...history.map(({ seconds }) => seconds ?? 0));
  // A file is written after every epoch; the length of the first is unknown.
  return quietSeconds !== undefined && quietSeconds > Math.max(1800, 3 * longestEpoch) ? 'stopped?' : 'running?';
}

async function readJson<T>(store: BlobStore, name: string, schema: z.ZodType<T>): Promise<T> {
  const bytes = await store.read(name);
  if (bytes === undefined) throw new RunError(`a run folder must hold ${name}, and this one does not`);
  return parse(bytes, schema, `${name} must be as moodlens writes it`);
}

async function readHistory(store: BlobStore): Promise<EpochRecord[]> {
  const bytes = await store.read(runFiles.metrics);
  if (bytes === undefined) return [];
  const lines = parseText(bytes, `${runFiles.metrics} must be text`).split('\n');
  return lines.flatMap((line, i) =>
    line.trim() === ''
      ? []
      : [parseLine(line, epochSchema, `line ${i + 1} of ${runFiles.metrics} must be an epoch's figures`)],
  );
}

function parse<T>(bytes: Uint8Array, schema: z.ZodType<T>, mustHold: string): T {
  return parseLine(parseText(bytes, mustHold), schema, mustHold);
}

function parseText(bytes: Uint8Array, mustHold: string): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new RunError(`${mustHold}, and it is not UTF-8`, { cause });
  }
}

function parseLine<T>(text: string, schema: z.ZodType<T>, mustHold: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RunError(`${mustHold}, and it is not JSON`, { cause });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new RunError(`${mustHold}, and ${path.join('.') || 'it'} is wrong: ${message}`);
}

/** A figure by which epochs are compared besides their loss. */
export interface ValidationShare {
  readonly name: 'accuracy' | 'average precision';
  readonly of: (epoch: EpochRecord) => number | undefined;
}

/** What these runs are validated by: accuracy where they tell classes, average precision where they find faces. */
export function validationShares(runs: readonly { readonly history: readonly EpochRecord[] }[]): ValidationShare[] {
  const accuracy: ValidationShare = { name: 'accuracy', of: ({ validationAccuracy }) => validationAccuracy };
  const precision: ValidationShare = {
    name: 'average precision',
    of: ({ validationPrecision }) => validationPrecision,
  };
  const known = [accuracy, precision].filter(({ of }) =>
    runs.some(({ history }) => history.some((epoch) => of(epoch) !== undefined)),
  );
  return known.length > 0 ? known : [accuracy];
}
