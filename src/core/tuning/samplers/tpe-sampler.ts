// The tree-structured Parzen estimator: proposes what is likely among good trials and unlikely among the others (Bergstra et al.
// 2011), all parameters together (Falkner et al. 2018), as Optuna 5 does by default.
import { ConfigError } from '../../errors.js';
import { createRandom, type Random } from '../../numbers/random.js';
import {
  areEqual,
  type Distribution,
  fromInternal,
  isSingle,
  type ParameterValue,
  type Space,
  toInternal,
} from '../journal/distribution.js';
import { type Direction, type FrozenTrial, lastStep } from '../journal/frozen-trial.js';
import { ParzenEstimator } from './parzen-estimator.js';
import { hashOf, RandomSampler } from './random-sampler.js';
import type { History, Sampler, SamplerOptions } from './sampler.js';

export interface TpeOptions extends SamplerOptions {
  /** Whether the parameters that all trials share are proposed together; true when not given. Others are proposed one by one. */
  readonly multivariate?: boolean;
  /** Whether trials that still run count as bad ones, so that workers do not try the same twice; true when not given. */
  readonly constantLiar?: boolean;
  /** So many finished trials are random; 10 when not given. */
  readonly startupTrials?: number;
  /** So many draws are compared for a proposal; 24 when not given. */
  readonly candidates?: number;
}

export class TpeSampler implements Sampler {
  readonly #options: Required<TpeOptions>;
  readonly #random: RandomSampler;

  constructor(options: TpeOptions = {}) {
    const all = { seed: 0, multivariate: true, constantLiar: true, startupTrials: 10, candidates: 24, ...options };
    if (!(Number.isInteger(all.candidates) && all.candidates >= 1)) {
      throw new ConfigError(`candidates must be a whole number from 1 on, found ${all.candidates}`);
    }
    this.#options = all;
    this.#random = new RandomSampler({ seed: all.seed });
  }

  sampleJoint(history: History): Readonly<Record<string, ParameterValue>> {
    if (!this.#options.multivariate || this.#isStarting(history)) return {};
    const space = sharedSpace(history.trials);
    return space.size === 0 ? {} : this.#propose(history, space, createRandom(this.#options.seed, history.number));
  }

  sample(history: History, name: string, distribution: Distribution): ParameterValue {
    if (this.#isStarting(history)) return this.#random.sample(history, name, distribution);
    const random = createRandom(this.#options.seed, history.number, hashOf(name));
    return this.#propose(history, new Map([[name, distribution]]), random)[name]!;
  }

  #isStarting({ trials }: History): boolean {
    return trials.filter(isJudged).length < this.#options.startupTrials;
  }

  #propose({ trials, direction }: History, space: Space, random: Random): Record<string, ParameterValue> {
    const known = trials.filter(
      (trial) => isJudged(trial) || (this.#options.constantLiar && trial.state === 'running'),
    );
    const { good, others } = splitTrials(known, direction);
    const likely = new ParzenEstimator(space, observations(space, good));
    const unlikely = new ParzenEstimator(space, observations(space, others));
    let best = likely.draw(random);
    let most = likely.logDensity(best) - unlikely.logDensity(best);
    for (let candidate = 1; candidate < this.#options.candidates; candidate++) {
      const point = likely.draw(random);
      const gain = likely.logDensity(point) - unlikely.logDensity(point);
      if (gain > most) [best, most] = [point, gain];
    }
    return Object.fromEntries(
      [...space].map(([name, distribution], i) => [name, fromInternal(distribution, best[i]!)]),
    );
  }
}

/** A tenth of the judged trials, at most 25, are good: complete ones by value, then pruned ones by how far they came and their last value. */
export function splitTrials(trials: readonly FrozenTrial[], direction: Direction) {
  const sign = direction === 'maximize' ? -1 : 1;
  const complete = trials.filter(({ state }) => state === 'complete');
  const pruned = trials.filter(({ state }) => state === 'pruned');
  const count = Math.min(25, Math.ceil(0.1 * (complete.length + pruned.length)));
  complete.sort((one, other) => sign * (one.value! - other.value!));
  const ranked = [...complete, ...pruned.sort((one, other) => comparePruned(one, other, sign))];
  const good = new Set(ranked.slice(0, count));
  // By number: the newest weigh most.
  const ordered = [...trials].sort((one, other) => one.number - other.number);
  return { good: ordered.filter((trial) => good.has(trial)), others: ordered.filter((trial) => !good.has(trial)) };
}

function comparePruned(one: FrozenTrial, other: FrozenTrial, sign: number): number {
  const [a, b] = [lastStep(one) ?? -1, lastStep(other) ?? -1];
  if (a !== b) return b - a;
  const last = (trial: FrozenTrial, step: number) => {
    const value = trial.intermediateValues.get(step) ?? 0;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  };
  const [first, second] = [last(one, a), last(other, b)];
  return first === second ? 0 : first - second;
}

/** The parameters that all judged trials have with the same distribution, and more than one value, by name. */
function sharedSpace(trials: readonly FrozenTrial[]): Space {
  let shared: [string, Distribution][] | undefined;
  for (const trial of trials) {
    if (!isJudged(trial)) continue;
    const isOwn = ([name, distribution]: [string, Distribution]) =>
      Object.hasOwn(trial.distributions, name) && areEqual(trial.distributions[name]!, distribution);
    shared ??= Object.entries(trial.distributions);
    if (!shared.every(isOwn)) shared = shared.filter(isOwn);
  }
  const free = (shared ?? []).filter(([, distribution]) => !isSingle(distribution));
  return new Map(free.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A column for each parameter, of the trials that have them all. */
function observations(space: Space, trials: readonly FrozenTrial[]): Float64Array[] {
  const names = [...space.keys()];
  const whole = trials.filter(({ params }) => names.every((name) => Object.hasOwn(params, name)));
  return [...space].map(([name, distribution]) => {
    const column = new Float64Array(whole.length);
    for (let i = 0; i < column.length; i++) column[i] = toInternal(distribution, whole[i]!.params[name]!);
    return column;
  });
}

function isJudged({ state }: FrozenTrial): boolean {
  return state === 'complete' || state === 'pruned';
}
