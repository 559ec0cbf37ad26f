// Compares two classifiers on the same samples: is the difference more than chance?
import { type PairedCounts, type PairedDifference, pairedDifference } from './paired-difference.js';

export interface PairedComparison extends PairedCounts, PairedDifference {
  readonly n: number;
  /** McNemar's test of equal accuracies, two-sided, mid-p. */
  readonly p: number;
}

/**
 * Compares which samples each has right; `first[i]` and `second[i]` are of the same sample. Throws RangeError when there are no
 * samples or the lists differ in length.
 */
export function comparePaired(first: readonly boolean[], second: readonly boolean[]): PairedComparison {
  const n = first.length;
  if (n === 0 || second.length !== n) {
    throw new RangeError(`comparePaired: both need the same samples, found ${n} and ${second.length}`);
  }
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  first.forEach((isRight, i) => {
    if (isRight) counts[second[i] ? 'both' : 'onlyFirst']++;
    else counts[second[i] ? 'onlySecond' : 'neither']++;
  });
  return { n, ...counts, ...pairedDifference(counts), p: mcNemarTest(counts.onlyFirst, counts.onlySecond) };
}

/**
 * The two-sided mid-p value of McNemar's test (McNemar 1947; mid-p: Fagerland, Lydersen & Laake 2013, who prefer it to
 * the exact test and to chi-square with continuity correction). `onlyFirst` and `onlySecond` count the samples that only this
 * classifier has right; under the null hypothesis each is half of them. 1 when there are none.
 */
export function mcNemarTest(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  if (n === 0) return 1;
  const smaller = Math.min(onlyFirst, onlySecond);
  // P(X = k) of the binomial distribution with p = 1/2, from k = 0 on, in logarithms: 2^-n alone would be 0 from n = 1075 on.
  let logTerm = -n * Math.LN2;
  let below = 0;
  for (let k = 0; k < smaller; k++) {
    below += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  const own = Math.exp(logTerm);
  return onlyFirst === onlySecond ? 1 - own / 2 : Math.min(1, 2 * below + own);
}
