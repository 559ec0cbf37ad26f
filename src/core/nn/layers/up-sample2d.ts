// Nearest-neighbour up-sampling by two.
import { ConfigError } from '../../errors.js';
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Layer } from './layer.js';

/** Every element becomes a block of 2x2: `[channels, height, width]` to `[channels, 2 height, 2 width]`. */
export function upSample2d(): Layer {
  return {
    kind: 'upSample2d',
    outputShape: (input) => {
      const [channels, height, width] = input;
      if (input.length !== 3 || channels === undefined || height === undefined || width === undefined) {
        throw new ConfigError(`upSample2d: the input must be [channels, height, width], not [${input}]`);
      }
      return [channels, 2 * height, 2 * width];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: ({ graph }, value) => ({
      output: repeatInBlocks(graph, value),
      backward: (gradient, needsInput) => {
        if (!needsInput) return { input: undefined, parameters: {} };
        const windows = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
        const mean = graph.node('AveragePool', [gradient], windows);
        return { input: graph.node('Mul', [mean, graph.scalar(4)]), parameters: {} };
      },
    }),
  };
}

/** Repeats every element of `[batch, channels, height, width]` in a 2x2 block. */
export function repeatInBlocks(graph: GraphBuilder, value: string): string {
  const scales = graph.constant({ dims: [4], data: new Float32Array([1, 1, 2, 2]) });
  return graph.node('Resize', [value, '', scales], {
    mode: { string: 'nearest' },
    coordinate_transformation_mode: { string: 'asymmetric' },
    nearest_mode: { string: 'floor' },
  });
}
