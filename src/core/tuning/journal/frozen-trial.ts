// A trial as the journal holds it.
import type { Distribution, ParameterValue } from './distribution.js';

/** In the order of Optuna's numbers for them. */
export const trialStates = ['running', 'complete', 'pruned', 'failed', 'waiting'] as const;
export type TrialState = (typeof trialStates)[number];

export type Direction = 'minimize' | 'maximize';

/** Names to values of JSON's kinds. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface FrozenTrial {
  /** Over all studies of a journal, from 0. */
  readonly id: number;
  /** Within its study, from 0. */
  readonly number: number;
  readonly state: TrialState;
  /** What the objective gave; of a pruned trial what it last reported, if anything. */
  readonly value: number | null;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly distributions: Readonly<Record<string, Distribution>>;
  /** What was reported, by step. May hold NaN. */
  readonly intermediateValues: ReadonlyMap<number, number>;
  readonly userAttributes: Attributes;
  readonly systemAttributes: Attributes;
  /** ISO 8601. */
  readonly started: string | null;
  readonly completed: string | null;
}

export function isFinished({ state }: Pick<FrozenTrial, 'state'>): boolean {
  return state === 'complete' || state === 'pruned' || state === 'failed';
}

/** The last step that was reported, or undefined. */
export function lastStep({ intermediateValues }: Pick<FrozenTrial, 'intermediateValues'>): number | undefined {
  let last: number | undefined;
  for (const step of intermediateValues.keys()) if (last === undefined || step > last) last = step;
  return last;
}

/** Whether `one` is the better value. NaN is never better. */
export function isBetter(direction: Direction, one: number, other: number): boolean {
  return direction === 'maximize' ? one > other : one < other;
}
