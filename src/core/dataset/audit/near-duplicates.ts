// Near duplicates: copies of one photograph, re-encoded, cropped or lit slightly differently, or mirrored.
import { mirror } from '../../image/mirror.js';
import type { PixelSamples } from '../duplicates.js';
import { samplePicture } from '../packed-dataset.js';
import { type HammingPair, hammingPairs } from './hamming-pairs.js';
import { hashBits, mirrorHashes, perceptualHashes, usefulBits } from './perceptual-hash.js';
import { shiftedCorrelation } from './shifted-correlation.js';

/** Two samples that show the same picture; indices of the dataset, `first < second`. */
export interface NearDuplicate {
  readonly first: number;
  readonly second: number;
  /** Bits of 128 in which the perceptual hashes differ. */
  readonly distance: number;
  /** See `shiftedCorrelation`. */
  readonly correlation: number;
  /** True when one is nearly the other's mirror image. */
  readonly mirrored: boolean;
}

/**
 * Chosen on FER2013 (docs/experiments/audit.md, 'The limits for near duplicates'): a pair is a near duplicate at a Hamming
 * distance of at most `sureDistance` bits, or of at most `maxDistance` when the correlation is high enough as well. Pictures
 * smaller than 16 x 16 have fewer bits, and proportionally smaller distances.
 */
export const nearDuplicateRule = { sureDistance: 20, maxDistance: 30, minCorrelation: 0.9 } as const;

/** The near duplicates among the samples at `indices`, ordered by index. Leave blank pictures out: their hashes are noise. */
export function findNearDuplicates(
  samples: PixelSamples,
  indices: Int32Array,
  onDone?: (done: number, total: number) => void,
): NearDuplicate[] {
  const ascending = indices.slice().sort();
  const hashes = perceptualHashes(samples, ascending);
  const total = 2 * ascending.length;
  const share = usefulBits(samples) / hashBits;
  const maxDistance = Math.floor(nearDuplicateRule.maxDistance * share);
  const straight = hammingPairs(hashes, maxDistance, hashes, (done) => onDone?.(done, total));
  const flipped = hammingPairs(hashes, maxDistance, mirrorHashes(hashes), (done) =>
    onDone?.(ascending.length + done, total),
  );
  const pictures = (pair: HammingPair) => [ascending[pair.first]!, ascending[pair.second]!] as const;
  const judge = (mirrored: boolean) => (pair: HammingPair) => {
    const [first, second] = pictures(pair);
    const other = samplePicture(samples, second);
    const correlation = shiftedCorrelation(samplePicture(samples, first), mirrored ? mirror(other) : other);
    return { first, second, distance: pair.distance, correlation, mirrored };
  };
  const found = [...straight.map(judge(false)), ...flipped.map(judge(true))].filter(
    ({ distance, correlation }) =>
      distance <= nearDuplicateRule.sureDistance * share || correlation >= nearDuplicateRule.minCorrelation,
  );
  return bestOfEachPair(found).sort((a, b) => a.first - b.first || a.second - b.second);
}

/** A nearly symmetric face is found in both ways. */
function bestOfEachPair(found: readonly NearDuplicate[]): NearDuplicate[] {
  const best = new Map<string, NearDuplicate>();
  for (const pair of found) {
    const key = `${pair.first},${pair.second}`;
    const other = best.get(key);
    if (other === undefined || pair.distance < other.distance) best.set(key, pair);
  }
  return [...best.values()];
}
