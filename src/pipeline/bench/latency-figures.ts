// Percentiles of call durations.
import { mean } from '../../core/numbers/mean.js';
import { quantile } from '../../core/numbers/quantile.js';

export interface LatencyFigures {
  /** Milliseconds of one call; half, 95 % and 99 % of the calls took no longer. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly mean: number;
}

/** Throws RangeError when there are none. */
export function latencyFigures(durationsMs: readonly number[]): LatencyFigures {
  const sorted = Float64Array.from(durationsMs).sort();
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => round(quantile(sorted, share)));
  return { p50: p50!, p95: p95!, p99: p99!, mean: round(mean(sorted)) };
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Rounds to four significant digits, for microseconds and for thousands of pictures. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
