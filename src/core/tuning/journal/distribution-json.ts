// Distributions as Optuna writes them into its journals.
import { ConfigError } from '../../errors.js';
import { type Distribution, floatDistribution, foreignChoices, intDistribution } from './distribution.js';
import { isObject } from './is-object.js';

/** JSON text of `{"name": ..., "attributes": {...}}`. */
export function distributionToJson(distribution: Distribution): string {
  if (distribution.kind === 'categorical') {
    return JSON.stringify({ name: 'CategoricalDistribution', attributes: { choices: distribution.choices } });
  }
  const { kind, low, high, log, step } = distribution;
  const name = kind === 'float' ? 'FloatDistribution' : 'IntDistribution';
  return JSON.stringify({ name, attributes: { log, step, low, high } });
}

/** Reads what Optuna 2 to 5 writes. Throws ConfigError, which names the parameter, for anything else. */
export function distributionFromJson(parameter: string, text: unknown): Distribution {
  const { name, attributes } = parse(parameter, text);
  const numbers = (key: string): number => {
    const value = attributes[key];
    if (typeof value !== 'number') throw new ConfigError(`${parameter}: '${key}' of a ${name} must be a number`);
    return value;
  };
  const steps = (key: string) =>
    attributes[key] === null || attributes[key] === undefined ? {} : { step: numbers(key) };
  const log = attributes['log'] === true;
  const [low, high] = name === 'CategoricalDistribution' ? [0, 0] : [numbers('low'), numbers('high')];
  switch (name) {
    case 'FloatDistribution':
      return floatDistribution(parameter, low, high, { log, ...steps('step') });
    case 'IntDistribution':
      return intDistribution(parameter, low, high, { log, ...steps('step') });
    case 'CategoricalDistribution':
      return foreignChoices(parameter, choicesOf(parameter, attributes['choices']));
    // Until version 3.
    case 'UniformDistribution':
      return floatDistribution(parameter, low, high);
    case 'LogUniformDistribution':
      return floatDistribution(parameter, low, high, { log: true });
    case 'DiscreteUniformDistribution':
      return floatDistribution(parameter, low, high, steps('q'));
    case 'IntUniformDistribution':
      return intDistribution(parameter, low, high, steps('step'));
    case 'IntLogUniformDistribution':
      return intDistribution(parameter, low, high, { log: true });
    default:
      throw new ConfigError(`${parameter}: there is no distribution named ${JSON.stringify(name)}`);
  }
}

function parse(parameter: string, text: unknown): { name: unknown; attributes: Record<string, unknown> } {
  let value: unknown;
  try {
    value = typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    // Said below.
  }
  if (!isObject(value) || !isObject(value['attributes'])) {
    throw new ConfigError(`${parameter}: a distribution must be JSON text with name and attributes`);
  }
  return { name: value['name'], attributes: value['attributes'] };
}

function choicesOf(parameter: string, choices: unknown): unknown[] {
  if (!Array.isArray(choices)) throw new ConfigError(`${parameter}: 'choices' must be a list`);
  return choices;
}
