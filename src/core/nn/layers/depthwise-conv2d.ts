// Depthwise convolution: every channel has a kernel of its own. With a 1x1 convolution it does what a full convolution
// does, for a fraction of its weights (Howard et al. 2017).
import { ConfigError } from '../../errors.js';
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import { flipKernels } from './convolution-formulas.js';
import { elements, type Layer, type Shape } from './layer.js';

export interface DepthwiseConv2dOptions {
  /** Side of the square kernels, pixels; odd. Default 3. */
  readonly kernel?: number;
  /** L2 penalty on the kernels; default 0. */
  readonly l2?: number;
}

/** Up to this width the weight gradient takes products of columns, above it a sum for each place of the kernel. */
const columnsToWidth = 20;

/** The sums are taken of so many samples at a time that these take no more than this, and stay in the cache; bytes. */
const valuesInCache = 2.1e6;

/** Stride 1, zeros around: input and output `[channels, height, width]`; weight `[channels, 1, kernel, kernel]`, no bias. */
export function depthwiseConv2d({ kernel = 3, l2 = 0 }: DepthwiseConv2dOptions = {}): Layer {
  if (kernel % 2 === 0) throw new ConfigError(`depthwiseConv2d: the kernel's side must be odd, not ${kernel}`);
  const area = kernel * kernel;
  const pad = kernel >> 1;
  const convolve = (graph: GraphBuilder, value: string, weight: string, channels: number): string =>
    graph.node('Conv', [value, weight], {
      kernel_shape: { ints: [kernel, kernel] },
      pads: { ints: [pad, pad, pad, pad] },
      group: { int: channels },
    });
  return {
    kind: 'depthwiseConv2d',
    outputShape: picture,
    parameters: (input) => [
      {
        name: 'weight',
        shape: [picture(input)[0], 1, kernel, kernel],
        initializer: { rule: 'he-normal', fanIn: area },
        trainable: true,
        l2,
      },
    ],
    multiplyAdds: (input) => elements(picture(input)) * area,
    forward: (context, value, input) => {
      const { graph, batch } = context;
      const [channels, height, width] = picture(input);
      const weight = context.parameter('weight');
      return {
        output: convolve(graph, value, weight, channels),
        backward: (gradient, needsInput) => {
          if (batch === undefined) throw new TypeError('depthwiseConv2d: a training graph needs a fixed batch size');
          const shape = { batch, channels, height, width, kernel };
          const formula = width <= columnsToWidth ? byColumns : bySums;
          return {
            parameters: { weight: formula(graph, value, gradient, shape) },
            input: needsInput
              ? convolve(graph, gradient, flipKernels(graph, weight, [channels, 1, kernel, kernel]), channels)
              : undefined,
          };
        },
      };
    },
  };
}

interface DepthwiseShape {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly kernel: number;
}

/**
 * Products of all columns of the shifted value with all columns of the gradient, batch and rows summed by one product per
 * channel and kernel row; of those, the ones that lie as far apart as a kernel column count.
 */
function byColumns(graph: GraphBuilder, value: string, gradient: string, shape: DepthwiseShape): string {
  const { batch, channels, height, width, kernel } = shape;
  const pad = kernel >> 1;
  const byChannel = (picture: string): string => graph.node('Transpose', [picture], { perm: { ints: [1, 0, 2, 3] } });
  const padded = graph.node('Pad', [byChannel(value), graph.integers(0, 0, pad, 0, 0, 0, pad, 0)]);
  const rows = graph.integers(channels, batch * height, width);
  const right = graph.node('Reshape', [byChannel(gradient), rows]);
  const apart = new Float32Array(width * width * kernel);
  for (let x = 0; x < width; x++) {
    for (let k = 0; k < kernel; k++) {
      const from = x + k - pad;
      if (from >= 0 && from < width) apart[(from * width + x) * kernel + k] = 1;
    }
  }
  const choose = graph.constant({ dims: [width * width, kernel], data: apart });
  const perRow = Array.from({ length: kernel }, (_, y) => {
    const shifted = graph.node('Slice', [padded, graph.integers(y), graph.integers(y + height), graph.integers(2)]);
    const left = graph.node('Transpose', [graph.node('Reshape', [shifted, rows])], { perm: { ints: [0, 2, 1] } });
    const products = graph.node('MatMul', [left, right]);
    const sums = graph.node('MatMul', [
      graph.node('Reshape', [products, graph.integers(channels, width * width)]),
      choose,
    ]);
    return graph.node('Reshape', [sums, graph.integers(channels, 1, 1, kernel)]);
  });
  return perRow.length === 1 ? perRow[0]! : graph.node('Concat', perRow, { axis: { int: 2 } });
}

/** For each place of the kernel the sum of the shifted value times the gradient. */
function bySums(graph: GraphBuilder, value: string, gradient: string, shape: DepthwiseShape): string {
  const { batch, channels, height, width, kernel } = shape;
  const pad = kernel >> 1;
  const largest = Math.max(1, Math.floor(valuesInCache / (4 * channels * height * width)));
  const count = Math.ceil(batch / largest);
  const sizes = Array.from({ length: count }, (_, i) => Math.min(largest, batch - i * largest));
  const pieces = (whole: string): string[] =>
    count === 1 ? [whole] : graph.nodes('Split', [whole, graph.integers(...sizes)], count, { axis: { int: 0 } });
  const gradients = pieces(gradient);
  const sums = pieces(value).flatMap((piece, i) => {
    const padded = graph.node('Pad', [piece, graph.integers(0, 0, pad, pad, 0, 0, pad, pad)]);
    return Array.from({ length: kernel * kernel }, (_, k) => {
      const [y, x] = [Math.floor(k / kernel), k % kernel];
      const ends = [graph.integers(y, x), graph.integers(y + height, x + width), graph.integers(2, 3)];
      const product = graph.node('Mul', [graph.node('Slice', [padded, ...ends]), gradients[i]!]);
      return graph.node('ReduceSum', [product, graph.integers(0, 2, 3)], { keepdims: { int: 0 } });
    });
  });
  const all = graph.node('Concat', sums, { axis: { int: 0 } });
  const apart = graph.node('Reshape', [all, graph.integers(count, kernel * kernel, channels)]);
  const total = graph.node('ReduceSum', [apart, graph.integers(0)], { keepdims: { int: 0 } });
  const turned = graph.node('Transpose', [total], { perm: { ints: [1, 0] } });
  return graph.node('Reshape', [turned, graph.integers(channels, 1, kernel, kernel)]);
}

function picture(shape: Shape): readonly [number, number, number] {
  const [channels, height, width] = shape;
  if (shape.length !== 3 || channels === undefined || height === undefined || width === undefined) {
    throw new ConfigError(`depthwiseConv2d: the input must be [channels, height, width], not [${shape}]`);
  }
  return [channels, height, width];
}
