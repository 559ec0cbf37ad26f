// Lists the runs of a folder with a summary each; folders that are not runs are named.

import { RunError, StorageError } from '../../../core/errors.js';
import { wilsonInterval } from '../../../core/metrics/wilson-interval.js';
import { median } from '../../../core/numbers/median.js';
import {
  bestEpoch,
  type EpochRecord,
  holdsRun,
  keptEpoch,
  type RunRecord,
  type RunSource,
  type RunState,
  readRunRecord,
} from './run-record.js';

/** Figures of one epoch; accuracy 0..1 with Wilson's 95 % interval. */
export interface EpochSummary {
  readonly epoch: number;
  readonly accuracy: number;
  readonly interval: readonly [low: number, high: number];
  /** Validation samples. */
  readonly n: number;
  readonly validationLoss: number;
  readonly trainingLoss: number;
}

export interface RunSummary {
  readonly name: string;
  readonly architecture: string;
  readonly state: RunState;
  /** Why it failed; null when it did not. */
  readonly reason: string | null;
  readonly epochs: { readonly done: number; readonly total: number };
  /** Which weights the model has: of the last epoch, or of the lowest validation loss. */
  readonly keep: 'last' | 'best';
  /** These three are null before the first epoch is complete, and without validation samples. */
  readonly kept: EpochSummary | null;
  readonly best: EpochSummary | null;
  readonly last: EpochSummary | null;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Median over the epochs; null when none has it. */
  readonly imagesPerSecond: number | null;
  /** ISO 8601; null for a run of a version that did not write it. */
  readonly startedAt: string | null;
  readonly seconds: number;
}

export interface RunList {
  readonly runs: readonly RunSummary[];
  /** Folders without a run, or with a damaged one. */
  readonly skipped: readonly { readonly name: string; readonly kind: 'foreign' | 'damaged'; readonly reason: string }[];
}

/** A folder and its folders, which are read only when the folder itself is not a run. */
export interface RunFolder extends RunSource {
  readonly inner: () => Promise<readonly RunSource[]>;
}

/** Summaries in the order of the sources. A folder that is not a run stands for the runs in it. */
export async function listRuns(folders: readonly RunFolder[]): Promise<RunList> {
  const runs: RunSummary[] = [];
  const skipped: RunList['skipped'][number][] = [];
  const add = async (source: RunSource): Promise<boolean> => {
    try {
      if (!(await holdsRun(source.store))) return false;
      runs.push(summarise(await readRunRecord(source)));
    } catch (error) {
      if (!(error instanceof RunError || error instanceof StorageError)) throw error;
      skipped.push({ name: source.name, kind: 'damaged', reason: error.message });
    }
    return true;
  };
  const foreign = (name: string) =>
    skipped.push({ name, kind: 'foreign', reason: 'a run has a run.json, and this folder has none' });
  for (const folder of folders) {
    if (await add(folder)) continue;
    const others: string[] = [];
    let found = 0;
    for (const inner of await folder.inner()) {
      if (await add(inner)) found++;
      else others.push(inner.name);
    }
    if (found === 0) foreign(folder.name);
    else for (const name of others) foreign(name);
  }
  return { runs, skipped };
}

export function summarise(run: RunRecord): RunSummary {
  const { name, config, facts, history, state, result } = run;
  const n = facts.validationSamples;
  const figures = (epoch: EpochRecord | undefined) => (epoch === undefined ? null : summariseEpoch(epoch, n));
  const rates = history.flatMap(({ imagesPerSecond }) => imagesPerSecond ?? []);
  return {
    name,
    architecture: config.architecture,
    state,
    reason: result?.reason ?? null,
    epochs: { done: history.length, total: config.epochs },
    keep: config.keep,
    kept: figures(keptEpoch(run)),
    best: figures(bestEpoch(run)),
    last: figures(history.at(-1)),
    parameters: facts.parameters,
    multiplyAdds: facts.multiplyAdds,
    imagesPerSecond: rates.length === 0 ? null : median(rates),
    startedAt: facts.starts[0]?.at ?? null,
    seconds: result?.seconds ?? history.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
  };
}

function summariseEpoch(figures: EpochRecord, n: number): EpochSummary | null {
  const { epoch, validationAccuracy: accuracy, validationLoss, trainingLoss } = figures;
  if (accuracy === undefined || validationLoss === undefined) return null;
  return { epoch, accuracy, interval: wilsonInterval(Math.round(accuracy * n), n), n, validationLoss, trainingLoss };
}
