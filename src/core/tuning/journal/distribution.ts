// What values a parameter may take. A trial's sampler works on internal numbers: the value itself, or the index of a choice.
import { ConfigError } from '../../errors.js';

/** One of a categorical parameter's values. */
export type Choice = string | number | boolean | null;

/** Any parameter's value. */
export type ParameterValue = Choice;

/** A real number in low..high. `log` searches its logarithm; `step` allows low, low + step, ... only. Not both. */
export interface FloatDistribution {
  readonly kind: 'float';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
}

/** A whole number in low..high, in steps. `log` searches its logarithm, with step 1. */
export interface IntDistribution {
  readonly kind: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
}

/** One of a list without order. */
export interface CategoricalDistribution {
  readonly kind: 'categorical';
  readonly choices: readonly Choice[];
}

export type NumericalDistribution = FloatDistribution | IntDistribution;
export type Distribution = NumericalDistribution | CategoricalDistribution;

/** Parameters by name, in the order in which they were first asked for. */
export type Space = ReadonlyMap<string, Distribution>;

export interface NumberOptions {
  readonly log?: boolean;
  readonly step?: number;
}

/** Throws ConfigError that names the parameter when the range is none. */
export function floatDistribution(
  name: string,
  low: number,
  high: number,
  options: NumberOptions = {},
): FloatDistribution {
  const { log = false, step } = options;
  checkRange(name, low, high);
  if (log && step !== undefined) throw new ConfigError(`${name}: log and step cannot be given together; leave one out`);
  if (log && low <= 0) throw new ConfigError(`${name}: with log, low must be above 0, found ${low}`);
  if (step !== undefined) checkStep(name, low, high, step);
  return { kind: 'float', low, high, log, step: step ?? null };
}

/** Throws ConfigError that names the parameter when the range is none. */
export function intDistribution(name: string, low: number, high: number, options: NumberOptions = {}): IntDistribution {
  const { log = false, step = 1 } = options;
  checkRange(name, low, high);
  for (const [what, number] of Object.entries({ low, high, step })) {
    if (!Number.isSafeInteger(number)) {
      throw new ConfigError(`${name}: ${what} must be a whole number, found ${number}; suggestFloat takes others`);
    }
  }
  if (log && step !== 1) throw new ConfigError(`${name}: with log, step must be 1, found ${step}`);
  if (log && low < 1) throw new ConfigError(`${name}: with log, low must be at least 1, found ${low}`);
  checkStep(name, low, high, step);
  return { kind: 'int', low, high, log, step };
}

/** Throws ConfigError that names the parameter when there is no choice, or one twice. */
export function categoricalDistribution(name: string, choices: readonly Choice[]): CategoricalDistribution {
  if (choices.length === 0) throw new ConfigError(`${name}: there must be at least one choice, found none`);
  for (const choice of choices) {
    if (choice !== null && !['string', 'number', 'boolean'].includes(typeof choice)) {
      throw new ConfigError(`${name}: a choice must be text, a number, true, false or null, found ${typeof choice}`);
    }
  }
  if (new Set(choices).size < choices.length) {
    throw new ConfigError(`${name}: each choice may be there once, found ${JSON.stringify(choices)}`);
  }
  return { kind: 'categorical', choices: [...choices] };
}

/**
 * The same for choices that another program took, which may be lists or come twice: those are told apart by their place, and stand
 * as the JSON of them.
 */
export function foreignChoices(name: string, choices: readonly unknown[]): CategoricalDistribution {
  if (choices.length === 0) throw new ConfigError(`${name}: there must be at least one choice, found none`);
  const isPlain = (choice: unknown) => choice === null || ['string', 'number', 'boolean'].includes(typeof choice);
  return { kind: 'categorical', choices: choices.map((one) => (isPlain(one) ? (one as Choice) : JSON.stringify(one))) };
}

/** Whether only one value is left to choose. */
export function isSingle(distribution: Distribution): boolean {
  if (distribution.kind === 'categorical') return distribution.choices.length === 1;
  return distribution.low === distribution.high;
}

/** Whether the value may be taken. */
export function contains(distribution: Distribution, value: ParameterValue): boolean {
  if (distribution.kind === 'categorical') return indexOfChoice(distribution, value) >= 0;
  if (typeof value !== 'number' || !(value >= distribution.low && value <= distribution.high)) return false;
  if (distribution.step === null) return true;
  const steps = (value - distribution.low) / distribution.step;
  return Math.abs(steps - Math.round(steps)) < 1e-8;
}

/** The number that stands for a value. Throws ConfigError when the distribution does not contain it. */
export function toInternal(distribution: Distribution, value: ParameterValue): number {
  const internal = distribution.kind === 'categorical' ? indexOfChoice(distribution, value) : value;
  if (typeof internal !== 'number' || (internal === -1 && distribution.kind === 'categorical')) {
    throw new ConfigError(`${JSON.stringify(value)} is no value of ${describeDistribution(distribution)}`);
  }
  return internal;
}

/** The value that a number stands for. Throws ConfigError when no choice has that index. */
export function fromInternal(distribution: Distribution, internal: number): ParameterValue {
  if (distribution.kind === 'float') return internal;
  if (distribution.kind === 'int') return Math.trunc(internal);
  const choice = distribution.choices[internal];
  if (choice === undefined) throw new ConfigError(`choice ${internal} is not one of ${distribution.choices.length}`);
  return choice;
}

/** Whether one parameter may have both distributions within a study: ranges may change, choices and scale may not. */
export function areCompatible(one: Distribution, other: Distribution): boolean {
  if (one.kind === 'categorical') return areEqual(one, other);
  return one.kind === other.kind && one.log === other.log;
}

export function areEqual(one: Distribution, other: Distribution): boolean {
  if (one === other) return true;
  if (one.kind === 'categorical' || other.kind === 'categorical') {
    if (one.kind !== 'categorical' || other.kind !== 'categorical') return false;
    return one.choices.length === other.choices.length && one.choices.every((choice, i) => choice === other.choices[i]);
  }
  const keys = ['kind', 'low', 'high', 'log', 'step'] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** For messages: `float 0.001..0.1, log`, `one of "adam", "sgd"`. */
export function describeDistribution(distribution: Distribution): string {
  if (distribution.kind === 'categorical')
    return `one of ${distribution.choices.map((c) => JSON.stringify(c)).join(', ')}`;
  const { kind, low, high, log, step } = distribution;
  const stepped = step !== null && !(kind === 'int' && step === 1) ? `, step ${step}` : '';
  return `${kind} ${low}..${high}${log ? ', log' : ''}${stepped}`;
}

function indexOfChoice({ choices }: CategoricalDistribution, value: ParameterValue): number {
  return choices.findIndex((choice) => Object.is(choice, value) || choice === value);
}

function checkRange(name: string, low: number, high: number): void {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) {
    throw new ConfigError(`${name}: low must be at most high, both finite, found low ${low} and high ${high}`);
  }
}

function checkStep(name: string, low: number, high: number, step: number): void {
  if (!(step > 0 && Number.isFinite(step))) throw new ConfigError(`${name}: step must be above 0, found ${step}`);
  const steps = (high - low) / step;
  if (Math.abs(steps - Math.round(steps)) > 1e-8) {
    const last = Number((low + Math.floor(steps) * step).toPrecision(12));
    throw new ConfigError(
      `${name}: step ${step} does not lead from ${low} to ${high}; the last value below is ${last}`,
    );
  }
}
