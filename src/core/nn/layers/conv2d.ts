// 2-D convolution. How its forward and backward pass are computed is in convolution-formulas.ts.
import { ConfigError } from '../../errors.js';
import { convolve, inputGradient, weightGradient } from './convolution-formulas.js';
import { elements, type Layer, type Shape } from './layer.js';

export interface Conv2dOptions {
  readonly filters: number;
  /** Side of the square kernel, pixels. */
  readonly kernel: number;
  /** Pixels between two places of the kernel; default 1. */
  readonly stride?: number;
  /** 'same' divides height and width by the stride, rounded down; 'valid' uses no padding. Default 'same'. */
  readonly padding?: 'same' | 'valid';
  /** Default true. Leave it out before a batch norm, where its gradient is zero. */
  readonly bias?: boolean;
  /** Every bias at the start; default 0. */
  readonly initialBias?: number;
  /** L2 penalty on the kernel; default 0. */
  readonly l2?: number;
  /** Default He's rule (He et al. 2015); 'glorot-uniform' is Keras' default. */
  readonly initializer?: 'he-normal' | 'glorot-uniform';
}

/** Input `[channels, height, width]`, output `[filters, height', width']`; kernel `[filters, channels, kernel, kernel]`. */
export function conv2d(options: Conv2dOptions): Layer {
  const { filters, kernel, stride = 1, padding = 'same', bias = true, initialBias = 0, l2 = 0 } = options;
  const { initializer = 'he-normal' } = options;
  if (kernel < stride) {
    throw new ConfigError(`conv2d: a ${kernel}x${kernel} kernel leaves pixels out at a stride of ${stride}`);
  }
  const before = padding === 'same' ? Math.floor((kernel - stride) / 2) : 0;
  const after = padding === 'same' ? kernel - stride - before : 0;
  const outputShape = (input: Shape): Shape => {
    const [, height, width] = picture(input);
    const along = (side: number): number => Math.floor((side + before + after - kernel) / stride) + 1;
    const [h, w] = [along(height), along(width)];
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
      const start = { rule: 'constant', value: initialBias } as const;
      return [weight, { name: 'bias', shape: [filters], initializer: start, trainable: true, l2: 0 }];
    },
    multiplyAdds: (input) => elements(outputShape(input)) * picture(input)[0] * kernel * kernel,
    forward: (context, value, input) => {
      const { graph, batch, formulas } = context;
      const weight = context.parameter('weight');
      const sizes = { input: picture(input), output: picture(outputShape(input)) };
      const shape = { ...sizes, kernel, stride, before, after, formulas };
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
