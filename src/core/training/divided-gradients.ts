// Gradients of a batch from its parts, one after the other or at the same time. Batch norm then sees a part at a time
// ("ghost batch normalisation", Hoffer et al. 2017); everything else gives what the whole batch would.

import type { Weights } from '../nn/architectures/parameters.js';
import type { Batch } from './batch.js';
import type { BatchGradients, GradientSource } from './gradient-source.js';

/** Sizes of the parts of a batch. */
export type Division = (size: number) => readonly number[];

/** `count` parts as equal as they can be; fewer for a batch of fewer samples. */
export function equalParts(count: number): Division {
  return (size) => {
    const parts = Math.min(count, size);
    const end = (i: number): number => Math.floor((i * size) / parts);
    return Array.from({ length: parts }, (_, i) => end(i + 1) - end(i));
  };
}

/** As few equal parts as keep each at `largest` samples or less. */
export function partsUpTo(largest: number): Division {
  return (size) => equalParts(Math.ceil(size / largest))(size);
}

/**
 * Part `i` goes to source `i` modulo their number. The parts of one source wait for each other, different sources work
 * at the same time; sums are taken in a fixed order, so the result does not depend on who is done first.
 */
export class DividedGradients implements GradientSource {
  readonly #sources: readonly GradientSource[];
  readonly #division: Division;
  readonly #sums: readonly WeightedSum[];

  constructor(sources: readonly GradientSource[], division: Division) {
    this.#sources = sources;
    this.#division = division;
    this.#sums = sources.map(() => new WeightedSum());
  }

  async gradients(weights: Weights, batch: Batch): Promise<BatchGradients> {
    const sizes = this.#division(batch.size);
    if (sizes.length === 1) return this.#sources[0]!.gradients(weights, batch);
    const parts = divideBatch(batch, sizes);
    const probabilities: Float32Array[] = [];
    const working = this.#sources.slice(0, parts.length).map(async (source, s) => {
      this.#sums[s]!.clear();
      for (let i = s; i < parts.length; i += this.#sources.length) {
        const result = await source.gradients(weights, parts[i]!);
        this.#sums[s]!.add(result, parts[i]!.size / batch.size);
        probabilities[i] = result.probabilities;
      }
      return this.#sums[s]!;
    });
    const [first, ...others] = await Promise.all(working);
    for (const other of others) first!.add(other.total(), 1);
    return { ...first!.total(), probabilities: concatenate(probabilities) };
  }

  async release(): Promise<void> {
    for (const source of this.#sources) await source.release();
  }
}

/** Sums results in buffers that it keeps from batch to batch. */
class WeightedSum {
  readonly #gradients = new Map<string, Float32Array>();
  readonly #statistics = new Map<string, { value: Float32Array; momentum: number }>();
  #loss = 0;
  #isEmpty = true;

  clear(): void {
    this.#loss = 0;
    this.#isEmpty = true;
  }

  add({ loss, gradients, statistics }: Omit<BatchGradients, 'probabilities'>, factor: number): void {
    this.#loss += factor * loss;
    for (const [name, values] of gradients) {
      this.#gradients.set(name, this.#accumulate(this.#gradients.get(name), values, factor));
    }
    for (const [name, { value, momentum }] of statistics) {
      const sum = this.#accumulate(this.#statistics.get(name)?.value, value, factor);
      this.#statistics.set(name, { value: sum, momentum });
    }
    this.#isEmpty = false;
  }

  total(): Omit<BatchGradients, 'probabilities'> {
    return { loss: this.#loss, gradients: this.#gradients, statistics: this.#statistics };
  }

  #accumulate(known: Float32Array | undefined, values: Float32Array, factor: number): Float32Array {
    const sum = known ?? new Float32Array(values.length);
    if (this.#isEmpty) for (let i = 0; i < sum.length; i++) sum[i] = factor * values[i]!;
    // Rounded before it is added, so that a sum of sums is bit for bit the sum.
    else for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + Math.fround(factor * values[i]!);
    return sum;
  }
}

/** Parts with arrays of their own, so that they can be handed to other threads. */
function divideBatch(batch: Batch, sizes: readonly number[]): Batch[] {
  let from = 0;
  return sizes.map((size) => {
    const start = from;
    from += size;
    const rows = <T extends Float32Array | Uint8Array>(values: T): T => {
      const each = values.length / batch.size;
      return values.slice(start * each, (start + size) * each) as T;
    };
    const { pixels, targets, votes, masks, side } = batch;
    return {
      size,
      side,
      pixels: rows(pixels),
      targets: rows(targets),
      votes: votes === undefined ? undefined : rows(votes),
      masks: masks.map((mask) => rows(mask)),
    };
  });
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}
