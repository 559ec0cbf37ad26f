// Rectified linear units.
import type { Layer } from '../layer.js';

/** `max(x, 0)`; the gradient at 0 is 0. Any shape. */
export function relu(): Layer {
  return {
    kind: 'relu',
    outputShape: (input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: ({ graph }, value) => {
      const output = graph.node('Relu', [value]);
      return {
        output,
        backward: (gradient, needsInput) => {
          if (!needsInput) return { input: undefined, parameters: {} };
          // 1 where the output is positive: this steep sigmoid is the cheapest such mask, far cheaper than a comparison and a cast.
          const positive = graph.node('HardSigmoid', [output], { alpha: { float: 1e38 }, beta: { float: 0 } });
          return { input: graph.node('Mul', [gradient, positive]), parameters: {} };
        },
      };
    },
  };
}
