// The tune stage: trials of a search, several at a time, each a training run; those that promise nothing are stopped early, those
// whose worker dies are tried again from their last checkpoint.
import { ConfigError, RunError, StudyError } from '../../core/errors.js';
import type { WallClock } from '../../core/ports/clock.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { ParameterValue } from '../../core/tuning/distribution.js';
import type { FrozenTrial } from '../../core/tuning/frozen-trial.js';
import type { Study } from '../../core/tuning/study.js';
import type { Trial } from '../../core/tuning/trial.js';
import type { TrainConfig } from '../train/config.js';
import { describeTuning } from './describe-tuning.js';
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
  /** Complete and pruned trials that the study should have. */
  readonly trials: number;
  readonly workers: number;
  readonly runTrial: RunTrial;
  readonly now: WallClock;
  readonly isStopped: () => boolean;
  readonly progress?: Progress;
  /** A trial that another process runs counts as dead when it gave no sign of life for so long, in ms; 180,000 when not given. */
  readonly graceMs?: number;
  /** Who we are, and whether the process of such a name is known to be gone: its trials are tried again at once. */
  readonly worker?: { readonly name: string; readonly isGone: (name: string) => boolean };
  /** Calls `work` every so often until the returned function is called. */
  readonly every: (ms: number, work: () => void) => () => void;
}

/** So many runs that fail one after the other, whatever their values, have a cause that further trials would meet too. */
const MOST_FAILURES = 5;
/** So often a trial may be tried again after its worker died. */
const MOST_RETRIES = 2;
/** Of a trial that goes on where another one was interrupted: that one's number, its folder, and how often it was tried. */
interface Retry {
  readonly retryOf: number;
  readonly folder: string;
  readonly attempt: number;
}
/** The system attribute with the time of the last sign of life. */
const ALIVE = 'moodlens:alive';
/** The system attribute with the name of the process that runs it. */
const WORKER = 'moodlens:worker';

/**
 * Ends when the study has as many trials, or was stopped: what runs then is saved, and goes on the next time. Throws StudyError
 * when one run after the other fails.
 */
export async function tune(request: TuneRequest): Promise<void> {
  const { study, workers } = request;
  await study.refresh();
  const running = new Set<number>();
  await reviveDead(request, running);
  let failures = 0;
  const isDone = () => request.isStopped() || study.isExhausted() || finished(study) + running.size >= request.trials;
  let failure: { error: unknown } | undefined;
  const work = async () => {
    while (failure === undefined && !isDone()) {
      // Counted before it is asked for: other workers look while this one waits for the journal.
      const place = -1 - running.size;
      running.add(place);
      try {
        const trial = await study.ask();
        running.delete(place);
        running.add(trial.number);
        const reason = await conduct(request, trial);
        running.delete(trial.number);
        failures = reason === undefined ? 0 : failures + 1;
        if (failures >= MOST_FAILURES)
          throw new StudyError(`${failures} runs failed one after the other, the last one: ${reason}`);
      } catch (error) {
        running.delete(place);
        failure ??= { error };
      }
      describeProgress(request);
    }
  };
  const stopReviving = request.every(30_000, () => void reviveDead(request, running).catch(() => undefined));
  try {
    await Promise.all(Array.from({ length: Math.min(workers, request.trials) }, work));
  } finally {
    stopReviving();
  }
  if (failure) throw failure.error;
}

/** Why it failed, or undefined. */
async function conduct(request: TuneRequest, trial: Trial): Promise<string | undefined> {
  const { study, search, now } = request;
  const retry = retryOf(trial.userAttributes);
  if (
    retry &&
    study.trials.some(
      ({ number, userAttributes }) => number < trial.number && retryOf(userAttributes)?.retryOf === retry.retryOf,
    )
  ) {
    // Two machines revived the same trial.
    await study.tell(trial, null, 'failed');
    return undefined;
  }
  const folder = retry?.folder ?? `trial-${String(trial.number).padStart(4, '0')}`;
  await trial.setUserAttribute('folder', folder);
  if (request.worker) await trial.setSystemAttribute(WORKER, request.worker.name);
  const beat = () => trial.setSystemAttribute(ALIVE, now()).catch(() => undefined);
  await beat();
  const stopBeating = request.every(60_000, () => void beat());
  let params: Readonly<Record<string, ParameterValue>> = {};
  try {
    params = Object.fromEntries([...search.space].map(([key, range]) => [key, trial.suggest(key, range)]));
    const outcome = await runFolds(request, trial, { params, folder });
    if (outcome === 'stopped') await tryAgain(study, trial.number, { params, retry, folder, isOurs: true });
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
    else await tryAgain(study, trial.number, { params, retry, folder, isOurs: false });
    return reason;
  } finally {
    stopBeating();
  }
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
  /** Whether we stopped it ourselves: that is no attempt. */
  readonly isOurs: boolean;
}

/** Ends a trial and puts one in front that goes on with its run. */
async function tryAgain(study: Study, number: number, { params, folder, retry, isOurs }: Interrupted): Promise<void> {
  await study.tell(number, null, 'failed');
  const attempt = (retry?.attempt ?? 0) + (isOurs ? 0 : 1);
  if (attempt > MOST_RETRIES) return;
  await study.enqueueTrial(params, { userAttributes: { retry: { retryOf: number, folder, attempt } } });
}

async function hasEnded(study: Study, number: number): Promise<boolean> {
  await study.refresh();
  return study.trials.find((trial) => trial.number === number)?.state !== 'running';
}

/**
 * Trials of workers that gave no sign of life for too long. Those of other programs give none, and are left alone; our own run,
 * however long the machine slept.
 */
async function reviveDead(
  { study, now, worker, graceMs = 180_000, progress = silentProgress }: TuneRequest,
  ours: ReadonlySet<number>,
): Promise<void> {
  await study.refresh();
  for (const trial of study.trials) {
    const alive = trial.systemAttributes[ALIVE];
    if (trial.state !== 'running' || ours.has(trial.number)) continue;
    if (typeof alive !== 'string') continue;
    const runner = trial.systemAttributes[WORKER];
    const isGone = typeof runner === 'string' && worker?.isGone(runner) === true;
    if (!isGone && Date.parse(now()) - Date.parse(alive) < graceMs) continue;
    const folder = trial.userAttributes['folder'];
    if (typeof folder !== 'string') continue;
    progress.note(`trial ${trial.number} gave no sign of life since ${alive}: it is tried again`);
    await tryAgain(study, trial.number, {
      params: trial.params,
      folder,
      retry: retryOf(trial.userAttributes),
      isOurs: false,
    });
  }
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
