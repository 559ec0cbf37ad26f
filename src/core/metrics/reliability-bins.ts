// Reliability: samples in bins of their confidence, with the accuracy of each bin.

import { argmax } from '../numbers/argmax.js';
import { confidenceBin, confidenceBins, type Predictions } from './probability-metrics.js';
import { wilsonInterval } from './wilson-interval.js';

/** The samples whose confidence, the largest probability, lies in `(low, high]`. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Mean confidence of the bin's samples; null when there are none. */
  readonly confidence: number | null;
  /** Accuracy of the bin's samples; null when there are none. */
  readonly accuracy: number | null;
  /** Wilson's 95 % interval of the accuracy. */
  readonly interval: readonly [low: number, high: number];
}

/** The bins of a reliability diagram (DeGroot & Fienberg 1983), in their order: equal intervals of the confidence. */
export function reliabilityBins(
  { truth, probabilities, classes }: Predictions,
  bins = confidenceBins,
): ReliabilityBin[] {
  const counts = new Float64Array(bins);
  const hits = new Float64Array(bins);
  const sums = new Float64Array(bins);
  for (let i = 0; i < truth.length; i++) {
    const best = argmax(probabilities, i * classes, classes);
    const confidence = probabilities[i * classes + best]!;
    const bin = confidenceBin(confidence, bins);
    counts[bin] = counts[bin]! + 1;
    sums[bin] = sums[bin]! + confidence;
    if (best === truth[i]) hits[bin] = hits[bin]! + 1;
  }
  return Array.from(counts, (n, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    n,
    confidence: n === 0 ? null : sums[bin]! / n,
    accuracy: n === 0 ? null : hits[bin]! / n,
    interval: wilsonInterval(hits[bin]!, n),
  }));
}
