// Quasi-random search: points that fill the space more evenly than random ones. Halton's sequence, its digits permuted at random
// so that high dimensions do not run in step (Halton 1960; Owen 2017).
import { createRandom, type Random } from '../../numbers/random.js';
import type { Distribution, ParameterValue } from '../journal/distribution.js';
import { RandomSampler } from './random-sampler.js';
import { valueAt } from './random-value.js';
import type { History, Sampler, SamplerOptions } from './sampler.js';

export class QuasiRandomSampler implements Sampler {
  readonly #seed: number;
  readonly #random: RandomSampler;

  constructor({ seed = 0 }: SamplerOptions = {}) {
    this.#seed = seed;
    this.#random = new RandomSampler({ seed });
  }

  /** The first trial is random: only it tells which parameters there are. Parameters that it lacks stay random. */
  sampleJoint({ trials, number }: History): Readonly<Record<string, ParameterValue>> {
    const first = trials.find(({ params }) => Object.keys(params).length > 0);
    const space = Object.entries(first?.distributions ?? {});
    return Object.fromEntries(
      space.map(([name, distribution], dimension) => {
        const random = createRandom(this.#seed, dimension);
        return [name, valueAt(distribution, scrambledRadicalInverse(number, primeAt(dimension), random))];
      }),
    );
  }

  sample(history: History, name: string, distribution: Distribution): ParameterValue {
    return this.#random.sample(history, name, distribution);
  }
}

/** The digits of `index` in a base, each permuted, mirrored behind the point: a number in [0, 1). */
export function scrambledRadicalInverse(index: number, base: number, random: Random): number {
  let value = 0;
  let rest = index;
  // Beyond the double's 53 bits a digit changes nothing; zeros before the first digit are permuted too.
  for (let scale = 1 / base; scale > 2 ** -53; scale /= base) {
    const digits = random.shuffle(Array.from({ length: base }, (_, digit) => digit));
    value += digits[rest % base]! * scale;
    rest = Math.floor(rest / base);
  }
  return Math.min(value, 1 - 2 ** -53);
}

function primeAt(position: number): number {
  const primes: number[] = [];
  for (let number = 2; primes.length <= position; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes[position]!;
}
