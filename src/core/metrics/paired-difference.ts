// The difference of two accuracies on the same pictures: pairs give a narrower interval than the two shares alone.
import { wilsonInterval } from './wilson-interval.js';

/** On how many samples both classifiers are right, only one of them, or neither. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

export interface PairedDifference {
  /** First accuracy minus the second, -1..1. */
  readonly difference: number;
  /** 95 %. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Newcombe's interval for paired shares (1998, Statistics in Medicine 17:2635, method 10): Wilson's intervals of the two
 * shares, joined with the correlation of the pairs, which is corrected for continuity. `[-1, 1]` when there are no samples.
 */
export function pairedDifference({ both, onlyFirst, onlySecond, neither }: PairedCounts): PairedDifference {
  const n = both + onlyFirst + onlySecond + neither;
  if (n === 0) return { difference: 0, interval: [-1, 1] };
  const [first, second] = [both + onlyFirst, both + onlySecond];
  const [lowFirst, highFirst] = wilsonInterval(first, n);
  const [lowSecond, highSecond] = wilsonInterval(second, n);
  const difference = (first - second) / n;
  const phi = correlation({ both, onlyFirst, onlySecond, neither });
  const join = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  return {
    difference,
    interval: [
      Math.max(-1, difference - join(first / n - lowFirst, highSecond - second / n)),
      Math.min(1, difference + join(second / n - lowSecond, highFirst - first / n)),
    ],
  };
}

function correlation({ both, onlyFirst, onlySecond, neither }: PairedCounts): number {
  const n = both + onlyFirst + onlySecond + neither;
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  if (margins === 0) return 0;
  const product = both * neither - onlyFirst * onlySecond;
  const corrected = product > 0 ? Math.max(0, product - n / 2) : product;
  return corrected / Math.sqrt(margins);
}
