// Asynchronous successive halving: at each rung only the best of those that reached it go on (Li et al. 2020, "A system for
// massively parallel hyperparameter tuning").
import { ConfigError } from '../../errors.js';
import { type FrozenTrial, isBetter, lastStep } from '../journal/frozen-trial.js';
import type { Pruner, Rivals } from './pruner.js';

export interface SuccessiveHalvingOptions {
  /** Steps to the first rung; when not given, a hundredth of the longest complete trial's, and nothing is pruned before there is one. */
  readonly leastResource?: number;
  /** One in so many is promoted; 4 when not given. */
  readonly reduction?: number;
  /** So many rungs are skipped; 0 when not given. */
  readonly earlyStopping?: number;
  /** A rung's first so many trials are stopped there, and none promoted; 0 when not given. */
  readonly bootstrap?: number;
}

export class SuccessiveHalvingPruner implements Pruner {
  readonly #options: SuccessiveHalvingOptions;
  readonly #reduction: number;

  constructor(options: SuccessiveHalvingOptions = {}) {
    const { leastResource, reduction = 4, earlyStopping = 0, bootstrap = 0 } = options;
    const numbers = { leastResource: [leastResource ?? 1, 1], reduction: [reduction, 2] } as const;
    const more = { earlyStopping: [earlyStopping, 0], bootstrap: [bootstrap, 0] } as const;
    for (const [name, [value, least]] of Object.entries({ ...numbers, ...more })) {
      if (!(Number.isInteger(value) && value >= least)) {
        throw new ConfigError(`${name} must be a whole number of at least ${least}, found ${value}`);
      }
    }
    this.#options = options;
    this.#reduction = reduction;
  }

  shouldPrune(trial: FrozenTrial, { direction, trials }: Rivals): boolean {
    const step = lastStep(trial);
    const first = this.#options.leastResource ?? estimatedResource(trials);
    if (step === undefined || first === undefined) return false;
    const { earlyStopping = 0, bootstrap = 0 } = this.#options;
    for (let rung = 0; ; rung++) {
      const end = first * this.#reduction ** (earlyStopping + rung);
      if (step < end) return false;
      // Rungs that it passed before this step were decided then.
      if (reachedAt(trial, end) !== step) continue;
      const value = trial.intermediateValues.get(step)!;
      if (Number.isNaN(value)) return true;
      const competing = trials.filter((other) => other.id !== trial.id).flatMap((other) => valueAtRung(other, end));
      competing.push(value);
      if (competing.length <= bootstrap || !this.#isPromoted(value, competing, direction)) return true;
    }
  }

  /** Among the best of one in `reduction`; of fewer than that, the best one. */
  #isPromoted(value: number, competing: readonly number[], direction: Rivals['direction']): boolean {
    const places = Math.max(1, Math.floor(competing.length / this.#reduction));
    return competing.filter((other) => isBetter(direction, other, value)).length < places;
  }
}

/** The first step at or after a rung's end that a trial reported. */
function reachedAt({ intermediateValues }: FrozenTrial, end: number): number | undefined {
  let reached: number | undefined;
  for (const step of intermediateValues.keys())
    if (step >= end && (reached === undefined || step < reached)) reached = step;
  return reached;
}

function valueAtRung(trial: FrozenTrial, end: number): number[] {
  const step = reachedAt(trial, end);
  const value = step === undefined ? Number.NaN : trial.intermediateValues.get(step)!;
  return Number.isNaN(value) ? [] : [value];
}

function estimatedResource(trials: readonly FrozenTrial[]): number | undefined {
  const steps = trials.filter(({ state }) => state === 'complete').flatMap((trial) => lastStep(trial) ?? []);
  return steps.length === 0 ? undefined : Math.max(1, Math.floor(Math.max(...steps) / 100));
}
