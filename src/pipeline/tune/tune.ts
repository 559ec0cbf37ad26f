// The tune stage: trials of a search, several at a time, each a training run; those that promise nothing are stopped early, those
// whose process dies are tried again from their last checkpoint.
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
  /** 'stopped': as `onEpoch` or `isStopped` asked; saved, to be resumed. */
  readonly end: 'finished' | 'stopped';
  readonly accuracy: number;
  readonly loss: number;
}

/**
 * Trains, resuming what the folder holds. `onEpoch` is asked after each epoch, also those of before, in order; false stops the
 * run. Throws RunError when the training diverges, anything else when the worker dies.
 */
export type RunTrial = (run: TrialRun, onEpoch: (report: EpochReport) => Promise<boolean>) => Promise<TrialRunResult>;

export interface TuneRequest {
  readonly study: Study;
  readonly search: Search;
  /** Complete and pruned trials that the study should have; no process begins one that would be too many. */
  readonly trials: number;
  readonly workers: number;
  readonly runTrial: RunTrial;
  readonly now: WallClock;
  readonly isStopped: () => boolean;
  readonly progress?: Progress;
  /** A trial that another process runs counts as dead when it gave no sign of life for so long, in ms; 180,000 when not given. */
  readonly graceMs?: number;
  /** Who we are, and whether the process of such a name is known to be gone: its trials are tried again at once. */
  readonly worker: { readonly name: string; readonly isGone: (name: string) => boolean };
  /** Calls `work` every so often until the returned function is called. */
  readonly every: (ms: number, work: () => void) => () => void;
}

/** So many runs that fail one after the other, whatever their values, have a cause that further trials would meet too. */
const MOST_FAILURES = 5;
/** So often a trial may be tried again after the process of its run died. That its search was killed is no fault of the trial's. */
const MOST_RETRIES = 2;
/** Time between checks whether other processes have ended their trials, in ms. */
const CHECK_MS = 500;
/** Of a trial that goes on where another one was interrupted: that one's number, its folder, and how often it was tried. */
interface Retry {
  readonly retryOf: number;
  readonly folder: string;
  readonly attempt: number;
}
/** The system attribute with the time of the last sign of life. */
const ALIVE = 'moodlens:alive';
/** Begins the study's system attributes with the name of each process that searches; behind it stands its worker's id in the journal. */
const WORKER = 'moodlens:worker:';

/**
 * Ends when the study has as many trials, or was stopped: what runs then is saved, and goes on the next time. While other processes
 * run the last ones, it waits for them: should one die, its trial goes on here. Throws StudyError when one run after the other fails.
 */
export async function tune(request: TuneRequest): Promise<void> {
  const { study, workers, worker, trials, progress = silentProgress } = request;
  // Known before the first trial is begun: whatever happens then, others find out whose it is.
  await study.setSystemAttribute(WORKER + study.workerId, worker.name);
  await reviveDead(request);
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
          await reviveDead(request);
        }
      } catch (error) {
        failure ??= { error };
      }
      describeProgress(request);
    }
  };
  const stopReviving = request.every(30_000, () => void reviveDead(request).catch(() => undefined));
  try {
    await Promise.all(Array.from({ length: Math.min(workers, trials) }, work));
  } finally {
    stopReviving();
  }
  if (failure) throw failure.error;
}

/** Why it failed, or undefined. */
async function conduct(request: TuneRequest, trial: Trial): Promise<string | undefined> {
  const { study, search, now } = request;
  const retry = retryOf(trial.userAttributes);
  const folder = retry?.folder ?? folderOf(trial.number);
  const beat = () => trial.setSystemAttribute(ALIVE, now());
  const stopBeating = request.every(60_000, () => void beat().catch(() => undefined));
  let params: Readonly<Record<string, ParameterValue>> = {};
  try {
    params = Object.fromEntries([...search.space].map(([key, range]) => [key, trial.suggest(key, range)]));
    // All in one append, before the training begins: a trial that is interrupted goes on with the same values in the same folder.
    await Promise.all([trial.setUserAttribute('folder', folder), beat()]);
    const outcome = await runFolds(request, trial, { params, folder });
    if (outcome === 'stopped') await tryAgain(study, trial.number, { params, retry, folder, isFault: false });
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
    // A training that diverges would diverge again, and a value that cannot be stays one.
    if (error instanceof RunError || error instanceof ConfigError) await study.tell(trial, null, 'failed');
    else await tryAgain(study, trial.number, { params, retry, folder, isFault: true });
    return reason;
  } finally {
    stopBeating();
  }
}

function folderOf(trial: number): string {
  return `trial-${String(trial).padStart(4, '0')}`;
}

interface Placed {
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly folder: string;
}

/** The mean over the folds. Reports, and is pruned by, the first fold's epochs. */
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
  /** Whether the process of its run died, and not that of the search: that is an attempt. */
  readonly isFault: boolean;
}

/** Ends a trial and puts one in front that goes on with its run. */
async function tryAgain(study: Study, number: number, { params, folder, retry, isFault }: Interrupted): Promise<void> {
  const attempt = (retry?.attempt ?? 0) + (isFault ? 1 : 0);
  if (attempt > MOST_RETRIES) await study.tell(number, null, 'failed');
  else await study.retryTrial(number, params, { userAttributes: { retry: { retryOf: number, folder, attempt } } });
}

async function hasEnded(study: Study, number: number): Promise<boolean> {
  await study.refresh();
  return study.trials.find((trial) => trial.number === number)?.state !== 'running';
}

/**
 * Trials of processes that are gone, or gave no sign of life for too long. Those of other programs are left alone; our own run,
 * however long the machine slept.
 */
async function reviveDead({
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
    await tryAgain(study, trial.number, { params: knownValues(trial), folder, retry, isFault: false });
  }
}

/** The trials that searches run, ours and those of other processes; those of other programs are not bound by what we are asked for. */
function running(study: Study): FrozenTrial[] {
  return study.trials.filter(
    (trial) =>
      trial.state === 'running' &&
      (searcherOf(study, trial) !== undefined || typeof trial.systemAttributes[ALIVE] === 'string'),
  );
}

/** The name of the process that runs a trial; undefined when it is no search. */
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
  // The folder comes from a shared journal: it must not lead out of the study's.
  if (typeof number !== 'number' || typeof attempt !== 'number' || typeof folder !== 'string') return undefined;
  return /^trial-\d+$/.test(folder) ? { retryOf: number, folder, attempt } : undefined;
}

function finished({ trials }: Study): number {
  return trials.filter(({ state }) => state === 'complete' || state === 'pruned').length;
}

function describeProgress({ study, search, trials, progress = silentProgress }: TuneRequest): void {
  progress.update(finished(study), trials, describeTuning(study, search.objective));
}
