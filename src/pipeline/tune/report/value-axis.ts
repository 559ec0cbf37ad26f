// A parameter as an axis: its range, logarithmic where the search is, or its choices.
import type { Distribution, ParameterValue } from '../../../core/tuning/journal/distribution.js';
import { toInternal } from '../../../core/tuning/journal/distribution.js';
import type { FrozenTrial } from '../../../core/tuning/journal/frozen-trial.js';
import { shortNumber, shownValue } from './describe-study.js';

export interface ParameterAxis {
  readonly name: string;
  readonly distribution: Distribution;
  /** ECharts' options of the axis. */
  readonly option: { readonly type: 'category' | 'log' | 'value' } & Readonly<Record<string, unknown>>;
  /** The place of a value on it. */
  place(value: ParameterValue): number | string;
  /** The same as a share of the axis, 0..1. */
  share(value: ParameterValue): number;
}

/** Of the newest trial's distribution, with a range that contains every trial; undefined when no trial has the parameter. */
export function parameterAxis(name: string, trials: readonly FrozenTrial[]): ParameterAxis | undefined {
  const newest = trials.findLast(({ distributions }) => Object.hasOwn(distributions, name));
  if (!newest) return undefined;
  const distribution = newest.distributions[name]!;
  if (distribution.kind === 'categorical') {
    const names = distribution.choices.map(shownValue);
    return {
      name,
      distribution,
      option: { type: 'category', data: names },
      place: shownValue,
      share: (value) => (toInternal(distribution, value) + 0.5) / names.length,
    };
  }
  const { log } = distribution;
  // The range may have changed between trials: the axis contains all of them.
  const ranges = trials.flatMap(({ distributions }) => {
    const one = Object.hasOwn(distributions, name) ? distributions[name]! : undefined;
    return one && one.kind !== 'categorical' ? [one] : [];
  });
  const low = Math.min(...ranges.map((range) => range.low));
  const high = Math.max(...ranges.map((range) => range.high));
  const scaled = (value: ParameterValue) => (log ? Math.log(value as number) : (value as number));
  return {
    name,
    distribution,
    option: {
      type: log ? 'log' : 'value',
      min: low,
      max: high,
      axisLabel: { formatter: (value: number) => shortNumber(value, 3) },
    },
    place: (value) => value as number,
    share: (value) => (scaled(value) - scaled(low)) / (scaled(high) - scaled(low) || 1),
  };
}
