// Compares runs: their differing settings, and whether their accuracies differ by more than chance.
import { differenceInterval } from '../../../core/metrics/difference-interval.js';
import { type RunSummary, summarise } from './list-runs.js';
import { type EpochRecord, keptEpoch, type RunRecord } from './run-record.js';

/** A setting that is not the same in all runs; a run that lacks it has null. */
export interface Difference {
  /** A path such as `schedule.rate`. */
  readonly key: string;
  readonly values: readonly (string | number | boolean | null)[];
}

/** The accuracy of a run's kept weights against the first run's. */
export interface AccuracyDifference {
  readonly run: string;
  readonly against: string;
  /** Share, -1..1; positive: `run` is better. */
  readonly difference: number;
  /** Newcombe's 95 % interval of the difference. */
  readonly interval: readonly [low: number, high: number];
  readonly n: readonly [run: number, against: number];
  /** The interval leaves zero out. */
  readonly distinguishable: boolean;
  /** Both validated on the same pictures. */
  readonly sameSamples: boolean;
}

export interface RunComparison {
  readonly runs: readonly (RunSummary & { readonly history: readonly EpochRecord[] })[];
  readonly differences: readonly Difference[];
  readonly accuracy: readonly AccuracyDifference[];
}

/** Compares two or more runs, each with the first. */
export function compareRuns(records: readonly RunRecord[]): RunComparison {
  const [first, ...others] = records;
  return {
    runs: records.map((record) => ({ ...summarise(record), history: record.history })),
    differences: differencesBetween(records.map(settings)),
    accuracy: first === undefined ? [] : others.flatMap((other) => accuracyDifference(first, other) ?? []),
  };
}

type Leaf = string | number | boolean | null;

/** Configuration and origin in one level, `schedule.rate` and so on; a list is one value. */
function settings({ config, facts }: RunRecord): ReadonlyMap<string, Leaf> {
  const { moodlens, revision, node, onnxruntime, device } = facts.starts.at(-1) ?? {};
  const origin = { dataset: facts.dataset.slice(0, 12), moodlens, revision, node, onnxruntime, device };
  return new Map([...flatten(config), ...flatten(origin)]);
}

function flatten(value: object, prefix = ''): [string, Leaf][] {
  return Object.entries(value).flatMap(([key, inner]): [string, Leaf][] => {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return flatten(inner, `${prefix}${key}.`);
    if (inner === undefined) return [];
    return [[prefix + key, Array.isArray(inner) ? JSON.stringify(inner) : (inner as Leaf)]];
  });
}

function differencesBetween(all: readonly ReadonlyMap<string, Leaf>[]): Difference[] {
  const keys = new Set(all.flatMap((one) => [...one.keys()]));
  return [...keys].flatMap((key) => {
    const values = all.map((one) => one.get(key) ?? null);
    return values.every((value) => value === values[0]) ? [] : [{ key, values }];
  });
}

function accuracyDifference(against: RunRecord, run: RunRecord): AccuracyDifference | undefined {
  const [a, b] = [keptEpoch(against)?.validationAccuracy, keptEpoch(run)?.validationAccuracy];
  if (a === undefined || b === undefined) return undefined;
  const counted = (accuracy: number, { facts: { validationSamples: n } }: RunRecord) => ({
    successes: Math.round(accuracy * n),
    n,
  });
  const interval = differenceInterval(counted(a, against), counted(b, run));
  return {
    run: run.name,
    against: against.name,
    difference: b - a,
    interval,
    n: [run.facts.validationSamples, against.facts.validationSamples],
    distinguishable: interval[0] > 0 || interval[1] < 0,
    sameSamples: validationOf(run) === validationOf(against),
  };
}

/** The settings that choose the validation samples; folds are drawn with the seed. */
function validationOf({ config, facts }: RunRecord): string {
  const { validation, trainingSplit, seed } = config;
  const isFold = typeof validation === 'object' && validation !== null && 'fold' in validation;
  // Without its own seed a division is drawn with the run's seed.
  const samples = isFold ? { trainingSplit, seed, ...validation } : validation;
  const named = Object.entries(samples ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return JSON.stringify([facts.dataset, facts.splits ?? null, named]);
}
