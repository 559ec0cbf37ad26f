// A network's numbers: initial values by rule, by name.
import type { Random } from '../../numbers/random.js';
import { elements, type Initializer } from '../layers/layer.js';
import type { Architecture } from './architecture.js';
import { parametersOf } from './architecture.js';

/** Parameter name -> values, in the order of the layers. */
export type Weights = Map<string, Float32Array>;

/** Fresh weights for an architecture. */
export function initialWeights(architecture: Architecture, random: Random): Weights {
  return new Map(
    parametersOf(architecture).map(({ name, shape, initializer }) => [
      name,
      initial(initializer, elements(shape), random),
    ]),
  );
}

function initial(initializer: Initializer, size: number, random: Random): Float32Array {
  const values = new Float32Array(size);
  switch (initializer.rule) {
    case 'constant':
      return values.fill(initializer.value);
    case 'he-normal': {
      const deviation = Math.sqrt(2 / initializer.fanIn);
      return values.map(() => deviation * random.normal());
    }
    case 'glorot-uniform': {
      const limit = Math.sqrt(6 / (initializer.fanIn + initializer.fanOut));
      return values.map(() => random.between(-limit, limit));
    }
  }
}
