// The tune stage: trials of a search, several at a time, each a training run; unpromising ones are stopped early, and those
// whose process dies are resumed from their last checkpoint.
import { ConfigError, RunError, StudyError } from '../../core/errors.js';
import type { WallClock } from '../../core/ports/clock.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { ParameterValue } from '../../core/tuning/journal/distribution.js';
import type { FrozenTrial } from '../../core/tuning/journal/frozen-trial.js';
import { knownValues } from '../../core/tuning/journal/proposed-values.js';
import type { Study } from '../../core/tuning/study.js';
import type { Trial } from '../../core/tuning/trial.js';
import type { TrainConfig } from '../train/config.js';
import { describeTuning } from './report/describe-tuning.js';
import { type Search, trialConfig } from './search-space.js';

/** One training of a trial. */
export interface TrialRun {
  readonly config: TrainConfig;
  /** Folder of the run, below that of the study. */
  readonly folder: string;
}

export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly accuracy: number;
  readonly loss: number;
}

export interface TrialRunResult {
  /** 'stopped': by `onEpoch` or `isStopped`; saved, can be resumed. */
  readonly end: 'finished' | 'stopped';
  readonly accuracy: number;
  readonly loss: number;
}

/**
 * Trains, and resumes the run in the folder. `onEpoch` is called after each epoch, first for the earlier ones in order; false stops the
 * run. Throws RunError when the training diverges, anything else when the worker dies.
 */
export type RunTrial = (run: TrialRun, onEpoch: (report: EpochReport) => Promise<boolean>) => Promise<TrialRunResult>;

export interface TuneRequest {
  readonly study: Study;
  readonly search: Search;
  /** Number of complete and pruned trials that the study shall have; no process starts more. */
  readonly trials: number;
  readonly workers: number;
  readonly runTrial: RunTrial;
  readonly now: WallClock;
  readonly isStopped: () => boolean;
  readonly progress?: Progress;
  /** A trial of another process counts as dead after this time without a sign of life, in ms; default 180,000. */
  readonly graceMs?: number;
  /** The name of this process, and whether the process of a name is known to be gone: its trials are resumed at once. */
  readonly worker: { readonly name: string; readonly isGone: (name: string) => boolean };
  /** Calls `work` at an interval until the returned function is called. */
  readonly every: (ms: number, work: () => void) => () => void;
}

/** After this many failures in a row the search ends: their cause is not in the values. */
const MOST_FAILURES = 5;
/** How often a trial is resumed after the process of its run died. The death of the search's own process does not count. */
const MOST_RETRIES = 2;
/** Time between checks whether other processes have ended their trials, in ms. */
const CHECK_MS = 500;
/** System attributes of a trial that continues an interrupted one: its number, its folder, and the attempts. */
interface Retry {
  readonly retryOf: number;
  readonly folder: string;
  readonly attempt: number;
}
/** The system attribute with the time of the last sign of life. */
const ALIVE = 'moodlens:alive';
/** Prefix of the study's system attributes for each searching process; the value is its worker's id in the journal. */
const WORKER = 'moodlens:worker:';

/**
 * Ends when the study has its trials, or is stopped: running trials are saved and continue the next time. It waits for the last
 * trials of other processes, and continues those whose process dies. Throws StudyError when several runs in a row fail.
 */
export async function tune(request: TuneRequest): Promise<void> {
  const { study, workers, worker, trials, progress = silentProgress } = request;
  // Stored before the first trial, so that others can always find out whose trial it is.
  await study.setSystemAttribute(WORKER + study.workerId, worker.name);
  await retryLostTrials(request);
  let failures = 0;
  let failure: { error: unknown } | undefined;
  let isWaiting = false;
  const hasEnough = () => finished(study) + running(study).length >= trials || study.isExhausted();
  const work = async () => {
    while (failure === undefined && !request.isStopped()) {
      try {
        const trial = await study.askUnless(hasEnough);
        if (trial) {
          const reason = await conduct(request, trial);
          failures = reason === undefined ? 0 : failures + 1;
          if (failures >= MOST_FAILURES)
            throw new StudyError(`${failures} runs failed one after the other, the last one: ${reason}`);
        } else {
          const others = running(study).filter((one) => study.runnerOf(one) !== study.workerId);
          if (others.length === 0 || finished(study) >= trials) return;
          if (!isWaiting) progress.note(describeWaiting(others));
          isWaiting = true;
          await new Promise<void>((resolve) => {
            const stop = request.every(CHECK_MS, () => {
              stop();
              resolve();
            });
          });
          await retryLostTrials(request);
        }
      } catch (error) {
        failure ??= { error };
      }
      describeProgress(request);
    }
  };
  const stopRetrying = request.every(30_000, () => void retryLostTrials(request).catch(() => undefined));
  try {
    await Promise.all(Array.from({ length: Math.min(workers, trials) }, work));
  } finally {
    stopRetrying();
  }
  if (failure) throw failure.error;
}

/** Why it failed, or undefined. */
async function conduct(request: TuneRequest, trial: Trial): Promise<string | undefined> {
  const { study, search, now } = request;
  const retry = retryOf(trial.userAttributes);
  const folder = retry?.folder ?? folderOf(trial.number);
  const heartbeat = () => trial.setSystemAttribute(ALIVE, now());
  const stopHeartbeat = request.every(60_000, () => void heartbeat().catch(() => undefined));
  let params: Readonly<Record<string, ParameterValue>> = {};
  try {
    params = Object.fromEntries([...search.space].map(([key, range]) => [key, trial.suggest(key, range)]));
    // In one append before the training: an interrupted trial continues with the same values in the same folder.
    await Promise.all([trial.setUserAttribute('folder', folder), heartbeat()]);
    const outcome = await runFolds(request, trial, { params, folder });
    if (outcome === 'stopped') await retryTrial(study, trial.number, { params, retry, folder, isFault: false });
    else if (outcome === 'pruned') await study.tell(trial, null, 'pruned');
    else await study.tell(trial, outcome);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (await hasEnded(study, trial.number)) {
      request.progress?.note(`trial ${trial.number} was taken for dead by another machine, which goes on with it`);
      return undefined;
    }
    request.progress?.note(`trial ${trial.number} failed: ${reason}`);
    await trial.setUserAttribute('failure', reason.slice(0, 2000));
    // A training that diverged would diverge again, and an invalid value stays invalid.
    if (error instanceof RunError || error instanceof ConfigError) await study.tell(trial, null, 'failed');
    else await retryTrial(study, trial.number, { params, retry, folder, isFault: true });
    return reason;
  } finally {
    stopHeartbeat();
  }
}

function folderOf(trial: number): string {
  return `trial-${String(trial).padStart(4, '0')}`;
}

interface Placed {
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly folder: string;
}

/** The mean over the folds. Only the first fold's epochs are reported and used for pruning. */
async function runFolds(
  request: TuneRequest,
  trial: Trial,
  { params, folder }: Placed,
): Promise<number | 'stopped' | 'pruned'> {
  const { search, isStopped, runTrial } = request;
  let sum = 0;
  for (let fold = 0; fold < search.use; fold++) {
    let isPruned = false;
    const run = {
      config: trialConfig(search, params, fold),
      folder: search.use === 1 ? folder : `${folder}/fold-${fold}`,
    };
    const result = await runTrial(run, async (report) => {
      if (fold === 0) {
        await trial.report(report[search.objective], report.epoch);
        describeProgress(request);
        isPruned = trial.shouldPrune();
      }
      return !isPruned && !isStopped();
    });
    if (isPruned) return 'pruned';
    if (result.end === 'stopped') return 'stopped';
    sum += result[search.objective];
  }
  return sum / search.use;
}

interface Interrupted extends Placed {
  readonly retry: Retry | undefined;
  /** Whether the process of its run died, rather than that of the search: this counts as an attempt. */
  readonly isFault: boolean;
}

/** Ends a trial and queues one that continues its run. */
async function retryTrial(
  study: Study,
  number: number,
  { params, folder, retry, isFault }: Interrupted,
): Promise<void> {
  const attempt = (retry?.attempt ?? 0) + (isFault ? 1 : 0);
  if (attempt > MOST_RETRIES) await study.tell(number, null, 'failed');
  else await study.retryTrial(number, params, { userAttributes: { retry: { retryOf: number, folder, attempt } } });
}

async function hasEnded(study: Study, number: number): Promise<boolean> {
  await study.refresh();
  return study.trials.find((trial) => trial.number === number)?.state !== 'running';
}

/**
 * Trials of processes that are gone, or without a sign of life for too long. Those of other programs do not count, nor do our own,
 * however long the machine was asleep.
 */
async function retryLostTrials({
  study,
  now,
  worker,
  graceMs = 180_000,
  progress = silentProgress,
}: TuneRequest): Promise<void> {
  await study.refresh();
  for (const trial of running(study)) {
    if (study.runnerOf(trial) === study.workerId) continue;
    const runner = searcherOf(study, trial);
    const isGone = runner !== undefined && worker.isGone(runner);
    const alive = trial.systemAttributes[ALIVE] ?? trial.started;
    const isSilent = typeof alive === 'string' && Date.parse(now()) - Date.parse(alive) >= graceMs;
    if (!isGone && !isSilent) continue;
    const why = isGone ? 'its search was ended' : `it gave no sign of life since ${alive}`;
    progress.note(`trial ${trial.number} is tried again: ${why}`);
    const retry = retryOf(trial.userAttributes);
    const folder = retry?.folder ?? folderOf(trial.number);
    await retryTrial(study, trial.number, { params: knownValues(trial), folder, retry, isFault: false });
  }
}

/** The running trials of searches, ours and those of other processes; trials of other programs do not count towards the number. */
function running(study: Study): FrozenTrial[] {
  return study.trials.filter(
    (trial) =>
      trial.state === 'running' &&
      (searcherOf(study, trial) !== undefined || typeof trial.systemAttributes[ALIVE] === 'string'),
  );
}

/** The name of the process that runs a trial; undefined when it is not a search. */
function searcherOf(study: Study, trial: FrozenTrial): string | undefined {
  const name = study.systemAttributes[WORKER + study.runnerOf(trial)];
  return typeof name === 'string' ? name : undefined;
}

function describeWaiting(others: readonly FrozenTrial[]): string {
  const numbers = others.map(({ number }) => number).join(', ');
  const what = others.length === 1 ? `trial ${numbers} runs` : `trials ${numbers} run`;
  return `${what} in another process, and no more are needed: waiting for it to end; Ctrl-C ends the waiting`;
}

function retryOf(attributes: FrozenTrial['userAttributes']): Retry | undefined {
  const retry = attributes['retry'] as Partial<Retry> | undefined;
  const { retryOf: number, folder, attempt } = retry ?? {};
  // The folder's name comes from a shared journal: it must lie inside the study's folder.
  if (typeof number !== 'number' || typeof attempt !== 'number' || typeof folder !== 'string') return undefined;
  return /^trial-\d+$/.test(folder) ? { retryOf: number, folder, attempt } : undefined;
}

function finished({ trials }: Study): number {
  return trials.filter(({ state }) => state === 'complete' || state === 'pruned').length;
}

function describeProgress({ study, search, trials, progress = silentProgress }: TuneRequest): void {
  progress.update(finished(study), trials, describeTuning(study, search.objective));
}
