// All pairs of 128-bit hashes that differ in few bits.
import { hashWords } from './perceptual-hash.js';

/** `second > first` for pairs within one list. */
export interface HammingPair {
  readonly first: number;
  readonly second: number;
  /** Bits that differ. */
  readonly distance: number;
}

/**
 * Pairs `first < second` where hash `first` of `hashes` and hash `second` of `others` (default: the same list) differ in at most
 * `maxDistance` bits. All pairs are compared, the second half of a hash only when the first half is near enough: at distances near a quarter of
 * the bits, an index over parts of the hash would visit nearly all pairs too. 32,000 hashes are 5e8 pairs, a few seconds.
 */
export function hammingPairs(
  hashes: Uint32Array,
  maxDistance: number,
  others: Uint32Array = hashes,
  onDone?: (hashes: number) => void,
): HammingPair[] {
  const pairs: HammingPair[] = [];
  const length = hashes.length;
  for (let a = 0; a < length; a += hashWords) {
    const a0 = hashes[a]!;
    const a1 = hashes[a + 1]!;
    const a2 = hashes[a + 2]!;
    const a3 = hashes[a + 3]!;
    for (let b = a + hashWords; b < length; b += hashWords) {
      let distance = bitCount(a0 ^ others[b]!, a1 ^ others[b + 1]!);
      if (distance > maxDistance) continue;
      distance += bitCount(a2 ^ others[b + 2]!, a3 ^ others[b + 3]!);
      if (distance <= maxDistance) pairs.push({ first: a / hashWords, second: b / hashWords, distance });
    }
    onDone?.(a / hashWords + 1);
  }
  return pairs;
}

/** Ones among the 64 bits of two words; counts of fours of bits of both (at most 8) fit together into four bits. */
function bitCount(x: number, y: number): number {
  let p = x - ((x >>> 1) & 0x55555555);
  let q = y - ((y >>> 1) & 0x55555555);
  p = (p & 0x33333333) + ((p >>> 2) & 0x33333333);
  q = (q & 0x33333333) + ((q >>> 2) & 0x33333333);
  const sum = p + q;
  return Math.imul((sum & 0x0f0f0f0f) + ((sum >>> 4) & 0x0f0f0f0f), 0x01010101) >>> 24;
}
