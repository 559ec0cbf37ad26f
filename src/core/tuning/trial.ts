// A trial that runs: it gives the objective its values, takes its reports and says when to stop.
import { ConfigError, StudyError } from '../errors.js';
import {
  areCompatible,
  type CategoricalDistribution,
  type Choice,
  categoricalDistribution,
  contains,
  type Distribution,
  describeDistribution,
  floatDistribution,
  fromInternal,
  intDistribution,
  isSingle,
  type NumberOptions,
  type ParameterValue,
  toInternal,
} from './journal/distribution.js';
import { distributionToJson } from './journal/distribution-json.js';
import type { FrozenTrial } from './journal/frozen-trial.js';
import { JournalOperation } from './journal/journal-operation.js';

/** Thrown by an objective whose trial should stop (`throw new TrialPruned()`). */
export class TrialPruned extends Error {
  override name = 'TrialPruned';
  constructor(message = 'the trial was pruned') {
    super(message);
  }
}

/** What a trial needs of its study. */
export interface TrialHost {
  /** Keeps records of this trial, later or at once; `flush` ends when all are kept and what others did is known. */
  write(operation: number, fields: Readonly<Record<string, unknown>>): void;
  flush(): Promise<void>;
  /** The trial as it now is. */
  current(): FrozenTrial;
  /** The distribution that some trial of the study has for a parameter. */
  knownDistribution(name: string): Distribution | undefined;
  sample(name: string, distribution: Distribution): ParameterValue;
  shouldPrune(trial: FrozenTrial): boolean;
}

export class Trial {
  readonly number: number;
  readonly id: number;
  readonly #host: TrialHost;
  /** Values that are fixed: enqueued ones, then those that were proposed together. */
  readonly #fixed: Readonly<Record<string, ParameterValue>>;
  readonly #proposed: Readonly<Record<string, ParameterValue>>;
  readonly #params: Record<string, ParameterValue> = {};
  readonly #distributions: Record<string, Distribution> = {};
  readonly #reports = new Map<number, number>();

  constructor(
    host: TrialHost,
    fixed: Readonly<Record<string, ParameterValue>>,
    proposed: Readonly<Record<string, ParameterValue>>,
  ) {
    this.#host = host;
    this.#fixed = fixed;
    this.#proposed = proposed;
    ({ number: this.number, id: this.id } = host.current());
  }

  /** What was suggested so far. */
  get params(): Readonly<Record<string, ParameterValue>> {
    return { ...this.#params };
  }

  get userAttributes(): FrozenTrial['userAttributes'] {
    return this.#host.current().userAttributes;
  }

  /** A number in low..high. Throws ConfigError when that is no range, or was another kind of parameter in an earlier trial. */
  suggestFloat(name: string, low: number, high: number, options: NumberOptions = {}): number {
    return this.#suggest(name, floatDistribution(name, low, high, options)) as number;
  }

  /** A whole number in low..high. Throws as suggestFloat. */
  suggestInt(name: string, low: number, high: number, options: NumberOptions = {}): number {
    return this.#suggest(name, intDistribution(name, low, high, options)) as number;
  }

  /** One of the choices, which must be the same in each trial. Throws as suggestFloat. */
  suggestCategorical<const T extends Choice>(name: string, choices: readonly T[]): T {
    return this.#suggest(name, categoricalDistribution(name, choices)) as T;
  }

  /** As the other three, from a distribution. */
  suggest(name: string, distribution: Distribution): ParameterValue {
    return this.#suggest(name, distribution);
  }

  /**
   * How good the trial is at a step (a whole number from 0, such as the epoch). Settles when it is kept and what other
   * workers reported is known. Of two reports at one step the first counts.
   */
  report(value: number, step: number): Promise<void> {
    if (!(Number.isInteger(step) && step >= 0)) {
      throw new ConfigError(`a step must be a whole number from 0 on, found ${step}`);
    }
    if (!this.#reports.has(step)) {
      this.#reports.set(step, value);
      this.#host.write(JournalOperation.SetTrialIntermediateValue, { step, intermediate_value: value });
    }
    return this.#host.flush();
  }

  /** Whether the study's pruner would stop it at its last report. */
  shouldPrune(): boolean {
    return this.#host.shouldPrune({ ...this.#host.current(), intermediateValues: this.#reports });
  }

  /** Keeps something of JSON's kinds with the trial. */
  setUserAttribute(name: string, value: unknown): Promise<void> {
    this.#host.write(JournalOperation.SetTrialUserAttribute, { user_attr: { [name]: value } });
    return this.#host.flush();
  }

  /** As setUserAttribute, for what a tool keeps for itself. */
  setSystemAttribute(name: string, value: unknown): Promise<void> {
    this.#host.write(JournalOperation.SetTrialSystemAttribute, { system_attr: { [name]: value } });
    return this.#host.flush();
  }

  #suggest(name: string, distribution: Distribution): ParameterValue {
    const earlier = Object.hasOwn(this.#distributions, name)
      ? this.#distributions[name]
      : this.#host.knownDistribution(name);
    if (earlier && !areCompatible(earlier, distribution)) {
      throw new ConfigError(
        `${name} is ${describeDistribution(earlier)} in this study, found ${describeDistribution(distribution)}; ` +
          'keep its kind and choices, or begin a study of another name',
      );
    }
    if (Object.hasOwn(this.#params, name)) return this.#params[name]!;
    const value = this.#valueOf(name, distribution);
    this.#params[name] = value;
    this.#distributions[name] = distribution;
    this.#host.write(JournalOperation.SetTrialParameter, {
      param_name: name,
      param_value_internal: toInternal(distribution, value),
      distribution: distributionToJson(distribution),
    });
    return value;
  }

  #valueOf(name: string, distribution: Distribution): ParameterValue {
    if (Object.hasOwn(this.#fixed, name)) {
      const value = this.#fixed[name]!;
      if (contains(distribution, value)) return value;
      throw new ConfigError(
        `the enqueued value ${JSON.stringify(value)} of ${name} is not in its range (${describeDistribution(distribution)})`,
      );
    }
    if (isSingle(distribution)) return soleValue(distribution);
    const proposed = Object.hasOwn(this.#proposed, name) ? this.#proposed[name] : undefined;
    if (proposed !== undefined && contains(distribution, proposed)) return proposed;
    const value = this.#host.sample(name, distribution);
    if (contains(distribution, value)) return value;
    const range = describeDistribution(distribution);
    throw new StudyError(
      `the sampler proposed ${JSON.stringify(value)} for ${name}, which is not in its range (${range})`,
    );
  }
}

function soleValue(distribution: Distribution): ParameterValue {
  return distribution.kind === 'categorical'
    ? fromInternal(distribution as CategoricalDistribution, 0)
    : fromInternal(distribution, distribution.low);
}
