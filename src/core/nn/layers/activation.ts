// Activations: rectified linear units and the sigmoid.
import type { Layer } from './layer.js';

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

/** `1 / (1 + exp(-x))`. Any shape. */
export function sigmoid(): Layer {
  return {
    kind: 'sigmoid',
    outputShape: (input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: ({ graph }, value) => {
      const output = graph.node('Sigmoid', [value]);
      return {
        output,
        backward: (gradient, needsInput) => {
          if (!needsInput) return { input: undefined, parameters: {} };
          const slope = graph.node('Mul', [output, graph.node('Sub', [graph.scalar(1), output])]);
          return { input: graph.node('Mul', [gradient, slope]), parameters: {} };
        },
      };
    },
  };
}
