// Inverted dropout (Srivastava et al. 2014). The mask comes from outside, so that a resumed run repeats the same one.
import { ConfigError } from '../../errors.js';
import type { Layer } from './layer.js';

/** Sets a share `rate` of the elements to 0 while training and scales the rest by `1 / (1 - rate)`. Any shape. */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) throw new ConfigError(`dropout: the rate must be in [0, 1), not ${rate}`);
  return {
    kind: 'dropout',
    outputShape: (input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: (context, value, input) => {
      if (!context.training || rate === 0) {
        return { output: value, backward: (gradient) => ({ input: gradient, parameters: {} }) };
      }
      const mask = context.mask(input, rate);
      return {
        output: context.graph.node('Mul', [value, mask]),
        backward: (gradient, needsInput) => ({
          input: needsInput ? context.graph.node('Mul', [gradient, mask]) : undefined,
          parameters: {},
        }),
      };
    },
  };
}
