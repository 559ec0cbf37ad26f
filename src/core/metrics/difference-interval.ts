// The interval of the difference of two shares, such as two accuracies.
import { wilsonInterval } from './wilson-interval.js';

/** A share as counts. */
export interface CountedShare {
  readonly successes: number;
  readonly n: number;
}

/**
 * The 95 % interval `[low, high]` of `b - a` for two independent samples (Newcombe 1998, method 10: Wilson's intervals,
 * squared and added). For two models on the same pictures it is too wide rather than too narrow, because their errors are correlated.
 */
export function differenceInterval(a: CountedShare, b: CountedShare): [low: number, high: number] {
  const [lowA, highA] = wilsonInterval(a.successes, a.n);
  const [lowB, highB] = wilsonInterval(b.successes, b.n);
  if (a.n === 0 || b.n === 0) return [-1, 1];
  const shareA = a.successes / a.n;
  const shareB = b.successes / b.n;
  const difference = shareB - shareA;
  return [
    difference - Math.hypot(shareB - lowB, highA - shareA),
    difference + Math.hypot(highB - shareB, shareA - lowA),
  ];
}
