// Flatten and the fully connected layer.
import { ConfigError } from '../../errors.js';
import { elements, type Layer } from './layer.js';

/** `[channels, height, width]` to `[channels * height * width]`, channels outermost. */
export function flatten(): Layer {
  return {
    kind: 'flatten',
    outputShape: (input) => [elements(input)],
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: ({ graph, batch }, value, input) => ({
      output: graph.node('Flatten', [value]),
      backward: (gradient, needsInput) => ({
        input: needsInput ? graph.node('Reshape', [gradient, graph.integers(batch ?? -1, ...input)]) : undefined,
        parameters: {},
      }),
    }),
  };
}

export interface DenseOptions {
  readonly units: number;
  readonly l2?: number;
  /** Default Glorot's rule (Glorot & Bengio 2010). */
  readonly initializer?: 'he-normal' | 'glorot-uniform';
}

/** `x W + b`: input `[features]`, output `[units]`; weight `[features, units]`, bias `[units]`. */
export function dense({ units, l2 = 0, initializer = 'glorot-uniform' }: DenseOptions): Layer {
  return {
    kind: 'dense',
    outputShape: (input) => {
      if (input.length !== 1)
        throw new ConfigError(`dense: the input must be [features], not [${input}]; flatten it first`);
      return [units];
    },
    parameters: ([features = 0]) => [
      {
        name: 'weight',
        shape: [features, units],
        initializer: { rule: initializer, fanIn: features, fanOut: units },
        trainable: true,
        l2,
      },
      { name: 'bias', shape: [units], initializer: { rule: 'constant', value: 0 }, trainable: true, l2: 0 },
    ],
    multiplyAdds: ([features = 0]) => features * units,
    forward: (context, value) => {
      const { graph } = context;
      const weight = context.parameter('weight');
      return {
        output: graph.node('Gemm', [value, weight, context.parameter('bias')]),
        backward: (gradient, needsInput) => ({
          parameters: {
            weight: graph.node('Gemm', [value, gradient], { transA: { int: 1 } }),
            bias: graph.node('ReduceSum', [gradient, graph.integers(0)], { keepdims: { int: 0 } }),
          },
          input: needsInput ? graph.node('Gemm', [gradient, weight], { transB: { int: 1 } }) : undefined,
        }),
      };
    },
  };
}
