// Asks another pruner only when a trial has not improved for a while.
import { ConfigError } from '../../errors.js';
import { type FrozenTrial, isBetter } from '../journal/frozen-trial.js';
import type { Pruner, Rivals } from './pruner.js';

export class PatientPruner implements Pruner {
  readonly #pruner: Pruner | null;
  readonly #patience: number;
  readonly #leastGain: number;

  /** Without `pruner` the trial is stopped. `patience`: so many further reports are waited for. `leastGain`: by how much a report must be better. */
  constructor(pruner: Pruner | null, patience: number, { leastGain = 0 }: { readonly leastGain?: number } = {}) {
    if (!(patience >= 0)) throw new ConfigError(`patience must be at least 0, found ${patience}`);
    if (!(leastGain >= 0)) throw new ConfigError(`leastGain must be at least 0, found ${leastGain}`);
    this.#pruner = pruner;
    this.#patience = patience;
    this.#leastGain = leastGain;
  }

  shouldPrune(trial: FrozenTrial, rivals: Rivals): boolean {
    const { direction } = rivals;
    const reports = [...trial.intermediateValues].sort(([one], [other]) => one - other).map(([, value]) => value);
    const early = reports.slice(0, -this.#patience - 1).filter((value) => !Number.isNaN(value));
    const late = reports.slice(-this.#patience - 1).filter((value) => !Number.isNaN(value));
    if (early.length === 0 || late.length === 0) return false;
    const best = (values: number[]) => values.reduce((one, other) => (isBetter(direction, other, one) ? other : one));
    const due = best(early) + (direction === 'maximize' ? -this.#leastGain : this.#leastGain);
    if (!isBetter(direction, due, best(late))) return false;
    return this.#pruner?.shouldPrune(trial, rivals) ?? true;
  }
}
