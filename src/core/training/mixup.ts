// Mixup (Zhang et al. 2018): every picture of a batch is blended with another of it, and their targets with the same share.
import type { Random } from '../numbers/random.js';

export interface MixupOptions {
  /** Both parameters of the Beta distribution from which the share of the first picture is drawn; larger mixes more evenly. */
  readonly alpha: number;
}

/** Blends every array `[size, ...]` in place with the same pairs and shares. The first of a pair keeps at least half. */
export function mixup(arrays: readonly Float32Array[], size: number, { alpha }: MixupOptions, random: Random): void {
  const partners = random.shuffle(Int32Array.from({ length: size }, (_, i) => i));
  const shares = Float64Array.from({ length: size }, () => {
    const share = random.beta(alpha, alpha);
    return Math.max(share, 1 - share);
  });
  for (const values of arrays) {
    const whole = values.slice();
    const length = values.length / size;
    for (let i = 0; i < size; i++) {
      const [share, mine, other] = [shares[i]!, i * length, partners[i]! * length];
      for (let k = 0; k < length; k++) values[mine + k] = share * whole[mine + k]! + (1 - share) * whole[other + k]!;
    }
  }
}
