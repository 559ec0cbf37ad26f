// Stops a trial whose best report so far is worse than a percentile of what the complete trials had at the same step.

import { ConfigError } from '../../errors.js';
import { quantile } from '../../numbers/quantile.js';
import { type Direction, type FrozenTrial, isBetter, lastStep } from '../journal/frozen-trial.js';
import type { Pruner, Rivals } from './pruner.js';

export interface PercentileOptions {
  /** Nothing is pruned before so many trials are complete; 5 when not given. */
  readonly startupTrials?: number;
  /** Nothing is pruned before this step; 0 when not given. */
  readonly warmUpSteps?: number;
  /** Judged only at the first report of each so many steps; 1 when not given. */
  readonly interval?: number;
  /** Nothing is pruned at a step that fewer complete trials reported; 1 when not given. */
  readonly leastTrials?: number;
}

export class PercentilePruner implements Pruner {
  readonly #percentile: number;
  readonly #options: Required<PercentileOptions>;

  /** `percentile`: so many percent of the trials are kept, the best ones. Throws ConfigError for what is out of range. */
  constructor(percentile: number, options: PercentileOptions = {}) {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new ConfigError(`a percentile must be in 0..100, found ${percentile}`);
    }
    this.#percentile = percentile;
    this.#options = { startupTrials: 5, warmUpSteps: 0, interval: 1, leastTrials: 1, ...options };
    if (!(this.#options.interval >= 1)) {
      throw new ConfigError(`interval must be at least 1, found ${this.#options.interval}`);
    }
  }

  shouldPrune(trial: FrozenTrial, { direction, trials }: Rivals): boolean {
    const { startupTrials, leastTrials } = this.#options;
    const complete = trials.filter(({ state }) => state === 'complete');
    const step = lastStep(trial);
    if (step === undefined || complete.length < Math.max(1, startupTrials) || !this.#isDue(trial, step)) return false;
    const best = bestReport(trial, direction);
    if (best === undefined) return true;
    const reported = complete.map(({ intermediateValues }) => intermediateValues.get(step));
    const values = reported.filter((value) => value !== undefined);
    const numbers = values.filter((value) => !Number.isNaN(value));
    if (values.length < leastTrials || numbers.length === 0) return false;
    const share = (direction === 'maximize' ? 100 - this.#percentile : this.#percentile) / 100;
    return isBetter(direction, quantile(Float64Array.from(numbers).sort(), share), best);
  }

  /** Whether this is the first report of its interval. */
  #isDue({ intermediateValues }: FrozenTrial, step: number): boolean {
    const { warmUpSteps, interval } = this.#options;
    if (step < warmUpSteps) return false;
    const begin = warmUpSteps + Math.floor((step - warmUpSteps) / interval) * interval;
    return [...intermediateValues.keys()].every((other) => other === step || other < begin);
  }
}

/** Of all reports that are numbers. */
function bestReport({ intermediateValues }: FrozenTrial, direction: Direction): number | undefined {
  let best: number | undefined;
  for (const value of intermediateValues.values()) {
    if (!Number.isNaN(value) && (best === undefined || isBetter(direction, value, best))) best = value;
  }
  return best;
}
