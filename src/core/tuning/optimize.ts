// Runs an objective in trials, several at a time where wanted.
import { ConfigError } from '../errors.js';
import type { FrozenTrial } from './journal/frozen-trial.js';
import { type Trial, TrialPruned } from './trial.js';

/** Gives the value of a trial; throws TrialPruned to stop it. */
export type Objective = (trial: Trial) => number | Promise<number>;

/** The part of a study that runs an objective: `Study` in study.ts. */
interface AskAndTell {
  ask(): Promise<Trial>;
  tell(trial: Trial, value: number | null, state?: 'pruned' | 'failed'): Promise<FrozenTrial>;
  isExhausted(): boolean;
}

export interface OptimizeOptions<Study> {
  /** So many trials are begun. */
  readonly trials: number;
  /** So many objectives run at a time; 1 when not given. */
  readonly concurrency?: number;
  /** Called after each trial; `study.stop()` ends the search. */
  readonly callbacks?: readonly ((study: Study, trial: FrozenTrial) => void | Promise<void>)[];
  /** Whether the search goes on after an objective threw; when not, it ends with that error. The trial is 'failed' in both cases. */
  readonly goOnAfterErrors?: boolean;
  /** Ends the search before the next trial. */
  readonly signal?: { readonly aborted: boolean };
}

/** Runs trials until there are enough of them, `isStopped` says so, or an objective throws. Throws ConfigError for bad numbers. */
export async function optimize<Study extends AskAndTell>(
  study: Study,
  objective: Objective,
  options: OptimizeOptions<Study>,
  isStopped: () => boolean,
): Promise<void> {
  const { trials, concurrency = 1, signal } = options;
  for (const [name, value] of Object.entries({ trials, concurrency })) {
    if (!(value >= (name === 'trials' ? 0 : 1))) throw new ConfigError(`${name} must be at least 1, found ${value}`);
  }
  let begun = 0;
  let failure: { error: unknown } | undefined;
  const isOver = () => begun >= trials || failure !== undefined || isStopped() || signal?.aborted === true;
  const work = async () => {
    while (!isOver() && !study.isExhausted()) {
      begun++;
      try {
        await runTrial(study, objective, options);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, Math.max(1, trials)) }, work));
  if (failure) throw failure.error;
}

async function runTrial<Study extends AskAndTell>(
  study: Study,
  objective: Objective,
  options: OptimizeOptions<Study>,
): Promise<void> {
  const trial = await study.ask();
  let ended: FrozenTrial;
  try {
    ended = await study.tell(trial, await objective(trial));
  } catch (error) {
    const isPruned = error instanceof TrialPruned;
    ended = await study.tell(trial, null, isPruned ? 'pruned' : 'failed');
    if (!isPruned && !options.goOnAfterErrors) throw error;
  }
  for (const callback of options.callbacks ?? []) await callback(study, ended);
}
