// 2-D convolution, stride 1. How its forward and backward pass are computed is in convolution-formulas.ts.
import { ConfigError } from '../../errors.js';
import { convolve, inputGradient, weightGradient } from './convolution-formulas.js';
import { elements, type Layer, type Shape } from './layer.js';

export interface Conv2dOptions {
  readonly filters: number;
  /** Side of the square kernel, pixels. */
  readonly kernel: number;
  /** 'same' keeps height and width; 'valid' uses no padding. Default 'same'. */
  readonly padding?: 'same' | 'valid';
  /** Default true. Leave it out before a batch norm, where its gradient is zero. */
  readonly bias?: boolean;
  /** L2 penalty on the kernel; default 0. */
  readonly l2?: number;
  /** Default He's rule (He et al. 2015); 'glorot-uniform' is Keras' default. */
  readonly initializer?: 'he-normal' | 'glorot-uniform';
}

/** Input `[channels, height, width]`, output `[filters, height', width']`; kernel `[filters, channels, kernel, kernel]`. */
export function conv2d(options: Conv2dOptions): Layer {
  const { filters, kernel, padding = 'same', bias = true, l2 = 0, initializer = 'he-normal' } = options;
  const before = padding === 'same' ? Math.floor((kernel - 1) / 2) : 0;
  const after = padding === 'same' ? kernel - 1 - before : 0;
  const outputShape = (input: Shape): Shape => {
    const [, height, width] = picture(input);
    const [h, w] = [height + before + after - kernel + 1, width + before + after - kernel + 1];
    if (h < 1 || w < 1) {
      throw new ConfigError(`conv2d: a ${kernel}x${kernel} kernel needs a larger input than ${height}x${width}`);
    }
    return [filters, h, w];
  };
  return {
    kind: 'conv2d',
    outputShape,
    parameters: (input) => {
      const channels = picture(input)[0];
      const [fanIn, fanOut] = [channels * kernel * kernel, filters * kernel * kernel];
      const rule = { rule: initializer, fanIn, fanOut };
      const weight = {
        name: 'weight',
        shape: [filters, channels, kernel, kernel],
        initializer: rule,
        trainable: true,
        l2,
      };
      if (!bias) return [weight];
      const zero = { rule: 'constant', value: 0 } as const;
      return [weight, { name: 'bias', shape: [filters], initializer: zero, trainable: true, l2: 0 }];
    },
    multiplyAdds: (input) => elements(outputShape(input)) * picture(input)[0] * kernel * kernel,
    forward: (context, value, input) => {
      const { graph, batch, formulas } = context;
      const weight = context.parameter('weight');
      const shape = { input: picture(input), output: picture(outputShape(input)), kernel, before, after, formulas };
      const output = convolve(graph, batch, value, weight, bias ? context.parameter('bias') : undefined, shape);
      return {
        output,
        backward: (gradient, needsInput) => {
          if (batch === undefined) throw new TypeError('conv2d: a training graph needs a fixed batch size');
          const parameters: Record<string, string> = { weight: weightGradient(graph, batch, value, gradient, shape) };
          if (bias) {
            parameters['bias'] = graph.node('ReduceSum', [gradient, graph.integers(0, 2, 3)], { keepdims: { int: 0 } });
          }
          return { parameters, input: needsInput ? inputGradient(graph, batch, gradient, weight, shape) : undefined };
        },
      };
    },
  };
}

function picture(shape: Shape): readonly [number, number, number] {
  const [channels, height, width] = shape;
  if (shape.length !== 3 || channels === undefined || height === undefined || width === undefined) {
    throw new ConfigError(`conv2d: the input must be [channels, height, width], not [${shape}]`);
  }
  return [channels, height, width];
}
