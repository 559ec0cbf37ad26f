// Summary of a set of values: quantiles and histogram.

import { mean } from '../numbers/mean.js';
import { quantile } from '../numbers/quantile.js';

export interface Distribution {
  readonly n: number;
  readonly mean: number;
  /** The values below which 5, 25, 50, 75 and 95 % lie; linear between neighbours (type 7 of Hyndman & Fan 1996, as numpy). */
  readonly quantiles: readonly [p5: number, p25: number, p50: number, p75: number, p95: number];
}

/** The distribution of the values, or null when there are none. */
export function describeDistribution(values: ArrayLike<number>): Distribution | null {
  const n = values.length;
  if (n === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => quantile(sorted, share);
  return {
    n,
    mean: mean(sorted),
    quantiles: [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)],
  };
}

export interface HistogramBins {
  readonly low: number;
  readonly high: number;
  /** Number of bins of equal width between `low` and `high`. */
  readonly bins: number;
}

/** The number of values in each bin; a bin contains its lower end, the last one its upper end too. Values outside count in the outermost bins. */
export function histogram(values: ArrayLike<number>, { low, high, bins }: HistogramBins): number[] {
  if (!(Number.isInteger(bins) && bins >= 1 && high > low)) {
    throw new RangeError(`histogram: needs one bin or more and low < high, found ${bins} in ${low}..${high}`);
  }
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i]! - low) / (high - low)) * bins);
    const inside = Math.min(bins - 1, Math.max(0, bin));
    counts[inside] = counts[inside]! + 1;
  }
  return counts;
}
