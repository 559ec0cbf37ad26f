// What proposes values. It sees plain trials, never the study, and keeps nothing: what it proposes depends only on its seed, on
// the trial's number and on the history, so that a study that is continued, or shared by workers, needs no more than its journal.
import type { Distribution, ParameterValue } from '../journal/distribution.js';
import type { Direction, FrozenTrial } from '../journal/frozen-trial.js';

export interface History {
  readonly direction: Direction;
  /** All trials of the study but the one that is sampled, by number. Of those that run, what was proposed counts as taken. */
  readonly trials: readonly FrozenTrial[];
  /** The number of the trial that is sampled. */
  readonly number: number;
}

export interface Sampler {
  /** Values to take together, before the trial asks for any. Names that are missing are left to `sample`. */
  sampleJoint(history: History): Readonly<Record<string, ParameterValue>>;
  /** One value that `distribution` contains. */
  sample(history: History, name: string, distribution: Distribution): ParameterValue;
  /** Whether nothing is left to propose. Without it, there always is. */
  isExhausted?(history: History): boolean;
}

export interface SamplerOptions {
  /** 0 when not given. Workers of one study may share it: each trial's number draws its own numbers. */
  readonly seed?: number;
}
