// The exponential moving average of the weights (Polyak & Juditsky 1992; its warm-up as in TensorFlow's
// ExponentialMovingAverage): what is validated and shipped, while the optimiser moves the weights themselves.
import type { Weights } from '../nn/architectures/parameters.js';

export interface WeightAverageOptions {
  /** Share of the average that stays at each step, once warmed up; 0.998 averages over about 500 steps. */
  readonly decay: number;
}

/**
 * Running statistics of batch norm are averaged with the weights: they belong to the weights of the same moment, and a
 * mean of both stays close to the statistics of the mean (no second pass over the data).
 */
export class WeightAverage {
  readonly #decay: number;
  #values: Weights = new Map();
  #updates = 0;

  constructor({ decay }: WeightAverageOptions) {
    this.#decay = decay;
  }

  /** Takes in the weights after a step. Early on the decay is lower, so that the initial values are soon forgotten. */
  update(weights: Weights): void {
    const decay = Math.min(this.#decay, (1 + this.#updates) / (10 + this.#updates));
    this.#updates++;
    for (const [name, current] of weights) {
      const average = this.#values.get(name);
      if (average === undefined) {
        this.#values.set(name, current.slice());
        continue;
      }
      const share = 1 - decay;
      for (let i = 0; i < average.length; i++) average[i] = average[i]! + share * (current[i]! - average[i]!);
    }
  }

  /** The average; undefined before the first step. */
  get values(): Weights | undefined {
    return this.#updates === 0 ? undefined : this.#values;
  }

  /** Named arrays that continue the average when given back to `restore`. */
  state(): Weights {
    return this.#updates === 0
      ? new Map()
      : new Map([...this.#values, [updatesKey, new Float32Array([this.#updates])]]);
  }

  restore(state: ReadonlyMap<string, Float32Array>): void {
    this.#updates = state.get(updatesKey)?.[0] ?? 0;
    this.#values = new Map([...state].filter(([name]) => name !== updatesKey).map(([name, v]) => [name, v.slice()]));
  }
}

// No parameter has this name: they all carry their layer's.
const updatesKey = 'updates';
