// Random search (Bergstra & Bengio 2012).
import { createRandom } from '../../numbers/random.js';
import type { Distribution, ParameterValue } from '../journal/distribution.js';
import { valueAt } from './random-value.js';
import type { History, Sampler, SamplerOptions } from './sampler.js';

export class RandomSampler implements Sampler {
  readonly #seed: number;

  constructor({ seed = 0 }: SamplerOptions = {}) {
    this.#seed = seed;
  }

  sampleJoint(): Readonly<Record<string, ParameterValue>> {
    return {};
  }

  sample({ number }: History, name: string, distribution: Distribution): ParameterValue {
    return valueAt(distribution, createRandom(this.#seed, number, hashOf(name)).next());
  }
}

/** A 32-bit number of a name (FNV-1a), so that each parameter draws its own numbers whatever is asked for before it. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
