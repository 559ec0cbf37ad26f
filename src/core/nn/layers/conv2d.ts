// 2-D convolution, stride 1. Backward: the input gradient is a convolution with the flipped, transposed kernel; for the
// weight gradient two formulas are used, whichever is faster for the picture size (docs/experiments.md has the figures).
import { ConfigError } from '../../errors.js';
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import { elements, type GraphContext, type Layer, type Shape } from '../layer.js';

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
      const { graph } = context;
      const pads = { ints: [before, before, after, after] };
      const weight = context.parameter('weight');
      const inputs = bias ? [value, weight, context.parameter('bias')] : [value, weight];
      const output = graph.node('Conv', inputs, { kernel_shape: { ints: [kernel, kernel] }, pads });
      return {
        output,
        backward: (gradient, needsInput) => {
          const geometry = { input: picture(input), output: picture(outputShape(input)), kernel, before, after };
          const parameters: Record<string, string> = { weight: weightGradient(context, value, gradient, geometry) };
          if (bias) {
            parameters['bias'] = graph.node('ReduceSum', [gradient, graph.integers(0, 2, 3)], { keepdims: { int: 0 } });
          }
          return { parameters, input: needsInput ? inputGradient(graph, gradient, weight, geometry) : undefined };
        },
      };
    },
  };
}

interface Geometry {
  readonly input: readonly [channels: number, height: number, width: number];
  readonly output: readonly [filters: number, height: number, width: number];
  readonly kernel: number;
  readonly before: number;
  readonly after: number;
}

function inputGradient(graph: GraphBuilder, gradient: string, weight: string, geometry: Geometry): string {
  const { input, output, kernel, before, after } = geometry;
  const area = kernel * kernel;
  // Flip by gathering whole [filters, channels] planes: far cheaper than slicing with negative steps.
  const planes = graph.node('Transpose', [graph.node('Reshape', [weight, graph.integers(output[0], input[0], area)])], {
    perm: { ints: [2, 1, 0] },
  });
  const reversed = graph.integers(...Array.from({ length: area }, (_, i) => area - 1 - i));
  const flipped = graph.node('Transpose', [graph.node('Gather', [planes, reversed], { axis: { int: 0 } })], {
    perm: { ints: [1, 2, 0] },
  });
  const turned = graph.node('Reshape', [flipped, graph.integers(input[0], output[0], kernel, kernel)]);
  const pads = [kernel - 1 - before, kernel - 1 - before, kernel - 1 - after, kernel - 1 - after];
  return graph.node('Conv', [gradient, turned], { kernel_shape: { ints: [kernel, kernel] }, pads: { ints: pads } });
}

/** Pictures at least this high take the depthwise formula, smaller ones the flattened one. */
const depthwiseFromHeight = 12;

function weightGradient(context: GraphContext, value: string, gradient: string, geometry: Geometry): string {
  if (context.batch === undefined) throw new TypeError('conv2d: a training graph needs a fixed batch size');
  return geometry.output[1] >= depthwiseFromHeight
    ? byDepthwise(context.graph, value, gradient, geometry, context.batch)
    : byFlattening(context.graph, value, gradient, geometry, context.batch);
}

/** An identity depthwise convolution copies every shift into a channel; one product per sample, then the sum over the batch. */
function byDepthwise(graph: GraphBuilder, value: string, gradient: string, geometry: Geometry, batch: number): string {
  const { input, output, kernel, before, after } = geometry;
  const [channels, area, positions] = [input[0], kernel * kernel, output[1] * output[2]];
  const shifts = new Float32Array(channels * area * area);
  for (let c = 0; c < channels; c++) for (let k = 0; k < area; k++) shifts[(c * area + k) * area + k] = 1;
  const columns = graph.node(
    'Conv',
    [value, graph.constant({ dims: [channels * area, 1, kernel, kernel], data: shifts })],
    {
      kernel_shape: { ints: [kernel, kernel] },
      pads: { ints: [before, before, after, after] },
      group: { int: channels },
    },
  );
  const rows = graph.node('Reshape', [columns, graph.integers(batch, channels * area, positions)]);
  const turned = graph.node('Transpose', [rows], { perm: { ints: [0, 2, 1] } });
  const product = graph.node('MatMul', [
    graph.node('Reshape', [gradient, graph.integers(batch, output[0], positions)]),
    turned,
  ]);
  const sum = graph.node('ReduceSum', [product, graph.integers(0)], { keepdims: { int: 0 } });
  return graph.node('Reshape', [sum, graph.integers(output[0], channels, kernel, kernel)]);
}

/** Batch and positions become one axis: column shifts are stacked, row shifts are slices, one product per kernel row. */
function byFlattening(graph: GraphBuilder, value: string, gradient: string, geometry: Geometry, batch: number): string {
  const { input, output, kernel, before, after } = geometry;
  const channels = input[0];
  const [filters, height, outputWidth] = output;
  const turned = graph.node('Transpose', [value], { perm: { ints: [1, 0, 2, 3] } });
  const padded = graph.node('Pad', [turned, graph.integers(0, 0, before, before, 0, 0, after, after)]);
  const shifts = Array.from({ length: kernel }, (_, x) =>
    graph.node('Slice', [padded, graph.integers(x), graph.integers(x + outputWidth), graph.integers(3)]),
  );
  // [kernel (x) * channels, batch, paddedHeight, width]
  const stacked = shifts.length === 1 ? shifts[0]! : graph.node('Concat', shifts, { axis: { int: 0 } });
  const positions = batch * height * outputWidth;
  const right = graph.node('Reshape', [
    graph.node('Transpose', [gradient], { perm: { ints: [1, 0, 2, 3] } }),
    graph.integers(filters, positions),
  ]);
  const products = Array.from({ length: kernel }, (_, y) => {
    const rows = graph.node('Slice', [stacked, graph.integers(y), graph.integers(y + height), graph.integers(2)]);
    const left = graph.node('Reshape', [rows, graph.integers(kernel * channels, positions)]);
    const product = graph.node('Gemm', [right, left], { transB: { int: 1 } });
    return graph.node('Reshape', [product, graph.integers(filters, 1, kernel, channels)]);
  });
  // [filters, kernel (y), kernel (x), channels] -> [filters, channels, kernel, kernel]
  const all = products.length === 1 ? products[0]! : graph.node('Concat', products, { axis: { int: 1 } });
  return graph.node('Transpose', [all], { perm: { ints: [0, 3, 1, 2] } });
}

function picture(shape: Shape): readonly [number, number, number] {
  const [channels, height, width] = shape;
  if (shape.length !== 3 || channels === undefined || height === undefined || width === undefined) {
    throw new ConfigError(`conv2d: the input must be [channels, height, width], not [${shape}]`);
  }
  return [channels, height, width];
}
