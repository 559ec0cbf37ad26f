// Max pooling and global average pooling.
import { ConfigError } from '../../errors.js';
import type { Layer } from './layer.js';
import { repeatInBlocks } from './up-sample2d.js';

/**
 * Maximum over windows of 2x2, stride 2; an odd last row or column is left out. Input `[channels, height, width]`.
 * Where several elements of a window share the maximum, each gets an equal share of the gradient: giving all of it to
 * each would multiply it (ReLU before the pool makes such windows often).
 */
export function maxPool2d(): Layer {
  return {
    kind: 'maxPool2d',
    outputShape: (input) => {
      const [channels, height, width] = input;
      if (channels === undefined || height === undefined || width === undefined || height < 2 || width < 2) {
        throw new ConfigError(`maxPool2d: the input must be [channels, height, width] of at least 2x2, not [${input}]`);
      }
      return [channels, height >> 1, width >> 1];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: ({ graph }, value, input) => {
      const windows = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
      const output = graph.node('MaxPool', [value], windows);
      const [height, width] = [input[1] ?? 0, input[2] ?? 0];
      const isOdd = height % 2 === 1 || width % 2 === 1;
      return {
        output,
        backward: (gradient, needsInput) => {
          if (!needsInput) return { input: undefined, parameters: {} };
          const even = isOdd
            ? graph.node('Slice', [
                value,
                graph.integers(0, 0),
                graph.integers(height & ~1, width & ~1),
                graph.integers(2, 3),
              ])
            : value;
          const isMaximum = graph.node('Cast', [graph.node('Equal', [even, repeatInBlocks(graph, output)])], {
            to: { int: 1 },
          });
          const ties = graph.node('AveragePool', [isMaximum], windows);
          const share = graph.node('Div', [graph.node('Mul', [gradient, graph.scalar(0.25)]), ties]);
          const spread = graph.node('Mul', [isMaximum, repeatInBlocks(graph, share)]);
          const padded = isOdd
            ? graph.node('Pad', [spread, graph.integers(0, 0, 0, 0, 0, 0, height % 2, width % 2)])
            : spread;
          return { input: padded, parameters: {} };
        },
      };
    },
  };
}

/** Mean over all positions: `[channels, height, width]` to `[channels]`. */
export function globalAveragePool(): Layer {
  return {
    kind: 'globalAveragePool',
    outputShape: (input) => {
      if (input.length !== 3) {
        throw new ConfigError(`globalAveragePool: the input must be [channels, height, width], not [${input}]`);
      }
      return [input[0] ?? 0];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: ({ graph, batch }, value, [channels = 0, height = 1, width = 1]) => ({
      output: graph.node('Flatten', [graph.node('GlobalAveragePool', [value])]),
      backward: (gradient, needsInput) => {
        if (!needsInput) return { input: undefined, parameters: {} };
        const share = graph.node('Mul', [gradient, graph.scalar(1 / (height * width))]);
        const points = graph.node('Reshape', [share, graph.integers(batch ?? -1, channels, 1, 1)]);
        const shape = graph.integers(batch ?? 1, channels, height, width);
        return { input: graph.node('Expand', [points, shape]), parameters: {} };
      },
    }),
  };
}
