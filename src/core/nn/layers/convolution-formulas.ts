// The graphs behind conv2d. Several formulas give the same numbers; which one is used depends on the picture's height,
// by what was measured (docs/experiments.md).
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Formulas } from '../layer.js';

/** One convolution, stride 1. The padding is `before` above and left, `after` below and right. */
export interface ConvolutionShape {
  readonly input: readonly [channels: number, height: number, width: number];
  readonly output: readonly [filters: number, height: number, width: number];
  readonly kernel: number;
  readonly before: number;
  readonly after: number;
  readonly formulas: Formulas;
}

/** Up to this height a batch is convolved as one wide picture: ONNX Runtime handles many tiny pictures badly. */
const wideToHeight = 14;

/** From this height the weight gradient takes one product per sample, below it one product for the whole batch. */
const perSampleFromHeight = 12;

/** Value `[batch, channels, height, width]`, weight `[filters, channels, kernel, kernel]`. A `batch` that is not known takes the plain operator. */
export function convolve(
  graph: GraphBuilder,
  batch: number | undefined,
  value: string,
  weight: string,
  bias: string | undefined,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, before, after, formulas } = shape;
  const conv = (picture: string, pads: number[]): string =>
    graph.node('Conv', bias === undefined ? [picture, weight] : [picture, weight, bias], {
      kernel_shape: { ints: [kernel, kernel] },
      pads: { ints: pads },
    });
  const isWide = formulas === 'cpu' && input[1] <= wideToHeight;
  if (batch === undefined || !isWide) return conv(value, [before, before, after, after]);
  // All pictures side by side, apart by a gap of zeros that pads the right side of one and the left side of the next.
  const gap = Math.max(before, after);
  const block = input[2] + gap;
  const side = graph.node('Transpose', [value], { perm: { ints: [1, 2, 0, 3] } });
  const spaced = gap === 0 ? side : graph.node('Pad', [side, graph.integers(0, 0, 0, 0, 0, 0, 0, gap)]);
  const wide = graph.node('Reshape', [spaced, graph.integers(1, input[0], input[1], batch * block)]);
  const convolved = conv(wide, [before, before, after, kernel - 1 - before]);
  const blocks = graph.node('Reshape', [convolved, graph.integers(output[0], output[1], batch, block)]);
  const cut =
    block === output[2]
      ? blocks
      : graph.node('Slice', [blocks, graph.integers(0), graph.integers(output[2]), graph.integers(3)]);
  return graph.node('Transpose', [cut], { perm: { ints: [2, 0, 1, 3] } });
}

/** The gradient with respect to the input: a convolution with the flipped kernel, its two channel axes swapped. */
export function inputGradient(
  graph: GraphBuilder,
  batch: number,
  gradient: string,
  weight: string,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, before, after, formulas } = shape;
  const area = kernel * kernel;
  // Flipped by a product with a reversing matrix: four times as fast as Gather or a Slice with negative steps.
  const reversal = new Float32Array(area * area);
  for (let i = 0; i < area; i++) reversal[i * area + area - 1 - i] = 1;
  const rows = graph.node('Reshape', [weight, graph.integers(output[0] * input[0], area)]);
  const flipped = graph.node('MatMul', [rows, graph.constant({ dims: [area, area], data: reversal })]);
  const kernels = graph.node('Reshape', [flipped, graph.integers(output[0], input[0], kernel, kernel)]);
  const swapped = graph.node('Transpose', [kernels], { perm: { ints: [1, 0, 2, 3] } });
  return convolve(graph, batch, gradient, swapped, undefined, {
    input: output,
    output: input,
    kernel,
    before: kernel - 1 - before,
    after: kernel - 1 - after,
    formulas,
  });
}

/** The gradient with respect to the weight, `[filters, channels, kernel, kernel]`. */
export function weightGradient(
  graph: GraphBuilder,
  batch: number,
  value: string,
  gradient: string,
  shape: ConvolutionShape,
): string {
  // WebGPU computes the grouped convolution of the product per sample wrongly (ONNX Runtime 1.30).
  const isPerSample = shape.formulas === 'cpu' && shape.output[1] >= perSampleFromHeight;
  const formula = isPerSample ? perSample : wholeBatch;
  return formula(graph, batch, value, gradient, shape);
}

/** An identity depthwise convolution copies every shift into a channel; one product per sample, then the sum over the batch. */
function perSample(
  graph: GraphBuilder,
  batch: number,
  value: string,
  gradient: string,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, before, after } = shape;
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
function wholeBatch(
  graph: GraphBuilder,
  batch: number,
  value: string,
  gradient: string,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, before, after } = shape;
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
