// From which distance on a face is nobody we know, judged from the known faces alone by leaving some out.
import type { LbphRecognizer } from './lbph.js';

/** More probes than this change the threshold little and cost time with the square of the gallery. */
const mostProbes = 400;
/** Share of strangers that may be taken for someone known, where other people's pictures stand in for strangers. */
const acceptedStrangers = 0.05;
/**
 * For aligned faces of 100 x 100 with LBPH's own options. Measured on 40 people of the ORL faces, 5 in videos and 22 in
 * photographs: each person's pictures alone against all others', 1 % of the strangers come nearer than 79. A little
 * less, because the more people are known, the nearer strangers come to one of them. Unlike distances between pictures
 * of one session, it does not depend on how alike the collected pictures are.
 */
export const usualStrangerDistance = 76;
/** Share of the pairs of pictures of one person that lie below the threshold. */
const acceptedPairs = 0.65;

/**
 * The threshold for a recogniser whose labels are persons: the smaller of two. As strangers come: each picture in turn
 * is taken for a stranger's by leaving out its person, and 5 % of them pass. And `usual`, the distance from which on
 * strangers are expected whoever is known; without one, that which 65 % of the pairs of pictures of one person lie
 * below. Number.MAX_VALUE, none, when there is nothing to go by: one picture and no `usual`.
 */
export function leaveOneOutThreshold(recognizer: LbphRecognizer, usual?: number): number {
  const { labels, count } = recognizer;
  const stride = Math.max(1, Math.ceil(count / mostProbes));
  const strangers: number[] = [];
  const pairs: number[] = [];
  for (let probe = 0; probe < count; probe += stride) {
    const distances = recognizer.distancesBetween(probe);
    let nearestOther = Infinity;
    for (let i = 0; i < count; i++) {
      if (labels[i] !== labels[probe]) nearestOther = Math.min(nearestOther, distances[i]!);
      // The same picture twice says nothing of how somebody varies.
      else if (distances[i]! > 0) pairs.push(distances[i]!);
    }
    if (nearestOther < Infinity) strangers.push(nearestOther);
  }
  return Math.min(quantile(strangers, acceptedStrangers), usual ?? quantile(pairs, acceptedPairs));
}

/** The value that this share of the values, rounded down, lies below. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? Number.MAX_VALUE : sorted[Math.floor(sorted.length * share)]!;
}
