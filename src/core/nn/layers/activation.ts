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
          // 1 where the output is positive: a clipped product is three times as fast as a comparison, a cast and a product.
          const large = graph.node('Mul', [output, graph.scalar(1e38)]);
          const positive = graph.node('Clip', [large, graph.scalar(0), graph.scalar(1)]);
          return { input: graph.node('Mul', [gradient, positive]), parameters: {} };
        },
      };
    },
  };
}
