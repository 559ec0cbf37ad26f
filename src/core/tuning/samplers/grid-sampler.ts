// Every combination of given values, in a shuffled order, so that a study that is stopped early has seen the whole range.
import { ConfigError } from '../../errors.js';
import { createRandom } from '../../numbers/random.js';
import { contains, type Distribution, describeDistribution, type ParameterValue } from '../journal/distribution.js';
import type { FrozenTrial } from '../journal/frozen-trial.js';
import type { History, Sampler, SamplerOptions } from './sampler.js';

export class GridSampler implements Sampler {
  readonly #grid: readonly (readonly [name: string, values: readonly ParameterValue[]])[];
  readonly #order: readonly number[];

  /** `grid`: the values of each parameter. Throws ConfigError when a parameter has none. */
  constructor(grid: Readonly<Record<string, readonly ParameterValue[]>>, { seed = 0 }: SamplerOptions = {}) {
    this.#grid = Object.entries(grid);
    for (const [name, values] of this.#grid) {
      if (values.length === 0) throw new ConfigError(`the grid must have at least one value of ${name}, found none`);
    }
    const size = this.#grid.reduce((product, [, values]) => product * values.length, 1);
    if (size > 1e6) throw new ConfigError(`a grid may have a million points, found ${size}; leave values out`);
    this.#order = createRandom(seed).shuffle(Array.from({ length: size }, (_, i) => i));
  }

  sampleJoint({ trials }: History): Readonly<Record<string, ParameterValue>> {
    const taken = this.#taken(trials);
    const free = this.#order.find((point) => !taken.has(point)) ?? this.#order[trials.length % this.#order.length]!;
    return this.#valuesAt(free);
  }

  sample(_: History, name: string, distribution: Distribution): ParameterValue {
    const values = this.#grid.find(([known]) => known === name)?.[1];
    if (!values) throw new ConfigError(`the grid has no parameter ${name}; add it, or leave it out of the objective`);
    const unfit = values.find((value) => !contains(distribution, value));
    throw new ConfigError(
      `the grid's value ${JSON.stringify(unfit)} of ${name} is not in its range (${describeDistribution(distribution)})`,
    );
  }

  isExhausted({ trials }: History): boolean {
    return this.#taken(trials).size === this.#order.length;
  }

  /** Points that some trial has, failed ones apart. */
  #taken(trials: readonly FrozenTrial[]): Set<number> {
    const taken = new Set<number>();
    for (const { state, params } of trials) {
      const point = state === 'failed' ? undefined : this.#pointOf(params);
      if (point !== undefined) taken.add(point);
    }
    return taken;
  }

  #valuesAt(point: number): Record<string, ParameterValue> {
    let rest = point;
    return Object.fromEntries(
      this.#grid.map(([name, values]) => {
        const value = values[rest % values.length]!;
        rest = Math.floor(rest / values.length);
        return [name, value];
      }),
    );
  }

  #pointOf(params: FrozenTrial['params']): number | undefined {
    let point = 0;
    let stride = 1;
    for (const [name, values] of this.#grid) {
      const index = Object.hasOwn(params, name) ? values.indexOf(params[name]!) : -1;
      if (index < 0) return undefined;
      point += index * stride;
      stride *= values.length;
    }
    return point;
  }
}
