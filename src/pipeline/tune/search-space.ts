// The search space of `moodlens tune`: keys of a training configuration and their ranges, from a JSON file.
import { z } from 'zod';
import { ConfigError } from '../../core/errors.js';
import {
  categoricalDistribution,
  contains,
  type Distribution,
  describeDistribution,
  floatDistribution,
  intDistribution,
  type ParameterValue,
} from '../../core/tuning/journal/distribution.js';
import { parseOptions } from '../parse-options.js';
import { parseTrainConfig, type TrainConfig } from '../train/config.js';

const rangeSchema = z.strictObject({
  low: z.number().describe('lowest value'),
  high: z.number().describe('highest value'),
  log: z.boolean().default(false).describe('search the logarithm'),
  step: z.number().positive().optional().describe('only `low`, `low + step` and so on'),
  whole: z.boolean().default(false).describe('whole numbers only'),
});
const choiceSchema = z.strictObject({
  choices: z
    .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .min(1)
    .describe('instead of a range: the values'),
});

/** The keys of a search file. */
export const searchSchema = z.strictObject({
  config: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .default({})
    .describe('the base [configuration](training.md#configuration): its keys, or a file beside this one'),
  space: z
    .record(z.string().min(1), z.union([choiceSchema, rangeSchema]))
    .refine((space) => Object.keys(space).length > 0, 'at least one key must be searched')
    .describe('keys of the configuration (dots lead into its objects) and the range of each, or its choices'),
  objective: z.enum(['accuracy', 'loss']).default('accuracy').describe('what is optimised, on the validation pictures'),
  folds: z
    .int()
    .min(2)
    .max(1000)
    .default(5)
    .describe(
      'folds of the training split, at most 1,000; each trial trains on all but one and is validated on that one',
    ),
  use: z.int().min(1).default(1).describe('how many folds are trained, one after the other; the value is their mean'),
  foldSeed: z.int().min(0).default(1).describe('draws the folds, the same for every trial'),
  first: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .default([])
    .describe('values to try before the sampler proposes any, such as `[{ "dropout": 0.3 }]`'),
});

export type SearchFile = z.infer<typeof searchSchema>;

/** A search with its base configuration. */
export interface Search extends Omit<SearchFile, 'config' | 'space'> {
  readonly config: Readonly<Record<string, unknown>>;
  readonly space: ReadonlyMap<string, Distribution>;
}

/** Reads a search file; `readConfig` reads the configuration that it names. Throws ConfigError with the fault. */
export async function parseSearch(json: unknown, readConfig: (file: string) => Promise<unknown>): Promise<Search> {
  const file = parseOptions(searchSchema, json, 'the search is not valid');
  if (file.use > file.folds) throw new ConfigError(`use must be at most the ${file.folds} folds, found ${file.use}`);
  const config = typeof file.config === 'string' ? await readConfig(file.config) : file.config;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new ConfigError(
      'the configuration that is searched around must be a JSON object with keys of docs/training.md',
    );
  }
  const fold = Object.keys(file.space).find((key) => /^validation(\.|$)/.test(key));
  if (fold !== undefined) {
    throw new ConfigError(
      `${fold} cannot be searched: every trial is judged on the same fold; the search's own folds, foldSeed and use choose it`,
    );
  }
  const space = new Map(Object.entries(file.space).map(([key, range]) => [key, distributionOf(key, range)]));
  const search = { ...file, config: config as Record<string, unknown>, space };
  // Refuses an unknown key or an invalid range before the first trial.
  for (const share of [0, 1]) trialConfig(search, valuesAt(space, share), 0);
  requireBetween(search);
  for (const [key, distribution] of space) {
    const choices = distribution.kind === 'categorical' ? distribution.choices : [];
    for (const choice of choices) trialConfig(search, { ...valuesAt(space, 0), [key]: choice }, 0);
  }
  for (const values of file.first) checkFirst(space, values);
  return search;
}

/** The configuration of a trial, validated by a fold of the training split. Throws ConfigError for invalid values. */
export function trialConfig(
  search: Pick<Search, 'config' | 'folds' | 'foldSeed'>,
  params: Readonly<Record<string, ParameterValue>>,
  fold: number,
): TrainConfig {
  const { folds, foldSeed: seed } = search;
  return parseTrainConfig({ ...chosenConfig(search, params), validation: { folds, fold, seed } });
}

/** The same without the folds: the configuration of a final training with these values. */
export function chosenConfig(
  { config }: Pick<Search, 'config'>,
  params: Readonly<Record<string, ParameterValue>>,
): Record<string, unknown> {
  const defaults: Record<string, unknown> = parseTrainConfig(config);
  const whole = { ...config };
  for (const [key, value] of Object.entries(params)) setKey(whole, { path: key.split('.'), value, defaults });
  return whole;
}

function distributionOf(key: string, range: z.infer<typeof rangeSchema> | z.infer<typeof choiceSchema>): Distribution {
  if ('choices' in range) return categoricalDistribution(key, range.choices);
  const { low, high, log, step, whole } = range;
  const options = { log, ...(step === undefined ? {} : { step }) };
  return whole ? intDistribution(key, low, high, options) : floatDistribution(key, low, high, options);
}

/** The ends may be whole numbers where those between are not. */
function requireBetween(search: Search): void {
  try {
    trialConfig(search, valuesAt(search.space, 0.37), 0);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`${error.message}\nwhole numbers are searched with "whole": true`, { cause: error });
  }
}

/** Values at that share of each range: the ends, and one between them, where whole numbers may be asked for. */
function valuesAt(space: Search['space'], share: number): Record<string, ParameterValue> {
  return Object.fromEntries(
    [...space].map(([key, distribution]) => {
      if (distribution.kind === 'categorical') return [key, distribution.choices.at(share === 1 ? -1 : 0)!];
      const { low, high, log, step } = distribution;
      if (share === 0 || share === 1) return [key, share === 0 ? low : high];
      const value = log ? low * (high / low) ** share : low + share * (high - low);
      return [key, step === null ? value : low + Math.floor((value - low) / step) * step];
    }),
  );
}

function checkFirst(space: Search['space'], values: Readonly<Record<string, ParameterValue>>): void {
  const unknown = Object.keys(values).find((key) => !space.has(key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `'first' may name only keys of the space (${[...space.keys()].join(', ')}), found ${unknown}`,
    );
  }
  for (const [key, value] of Object.entries(values)) {
    const distribution = space.get(key)!;
    if (contains(distribution, value)) continue;
    throw new ConfigError(
      `'first' must take values of the space: ${key} is ${describeDistribution(distribution)}, found ${JSON.stringify(value)}`,
    );
  }
}

interface Assignment {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Of the object: where it lacks an inner one, that is begun with. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

function setKey(target: Record<string, unknown>, { path: [name, ...rest], value, defaults }: Assignment): void {
  if (name === undefined || name === '__proto__') return;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = { ...innerObject(target, name, innerObject(defaults, name, {})) };
  target[name] = inner;
  setKey(inner, { path: rest, value, defaults: innerObject(defaults, name, {}) });
}

function innerObject(of: Readonly<Record<string, unknown>>, name: string, missing: object): Record<string, unknown> {
  const inner = Object.hasOwn(of, name) ? of[name] : undefined;
  return (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : missing) as Record<
    string,
    unknown
  >;
}
