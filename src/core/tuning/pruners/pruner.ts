// What stops a trial that promises nothing. It sees plain trials, never the study, and keeps nothing.
import type { Direction, FrozenTrial } from '../journal/frozen-trial.js';

export interface Rivals {
  readonly direction: Direction;
  readonly studyName: string;
  /** All trials of the study, the judged one among them. */
  readonly trials: readonly FrozenTrial[];
}

export interface Pruner {
  /** Whether the trial should stop at its last reported step. */
  shouldPrune(trial: FrozenTrial, rivals: Rivals): boolean;
}
