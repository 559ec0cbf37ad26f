// The graphs behind conv2d. Several formulas give the same numbers; the fastest one depends on the picture's size
// (docs/experiments/training-speed.md, 'Which graph is fast').
import type { Attribute, GraphBuilder } from '../../onnx/graph-builder.js';
import type { Formulas } from './layer.js';

/** One convolution. The padding is `before` above and left, `after` below and right. */
export interface ConvolutionShape {
  readonly input: readonly [channels: number, height: number, width: number];
  readonly output: readonly [filters: number, height: number, width: number];
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly formulas: Formulas;
}

/**
 * Up to this side a batch is convolved as one wide picture: ONNX Runtime handles tiny pictures badly, above all when
 * threads have to meet after each of them.
 */
const wideToSide: Readonly<Record<Formulas, number>> = { cpu: 14, 'cpu-single': 8, portable: 0 };

/** From this side the weight gradient takes one product per sample, below it one product for the whole batch. */
const perSampleFromSide = 12;

/** Shifted copies are made of so many pictures at a time that they take no more than this, and stay in the cache; bytes. */
const copiesInCache = 5e6;

/** The side of the square of as many positions. */
const sideOf = ([, height, width]: ConvolutionShape['input']): number => Math.sqrt(height * width);

/** Value `[batch, channels, height, width]`, weight `[filters, channels, kernel, kernel]`. A `batch` that is not known takes the plain operator. */
export function convolve(
  graph: GraphBuilder,
  batch: number | undefined,
  value: string,
  weight: string,
  bias: string | undefined,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, stride, before, after, formulas } = shape;
  const conv = (picture: string, pads: number[]): string =>
    graph.node('Conv', bias === undefined ? [picture, weight] : [picture, weight, bias], {
      kernel_shape: { ints: [kernel, kernel] },
      pads: { ints: pads },
      ...strides(stride),
    });
  const isWide = stride === 1 && sideOf(input) <= wideToSide[formulas];
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

/** The attribute of a Conv; none for its default. */
function strides(stride: number): Record<string, Attribute> {
  return stride === 1 ? {} : { strides: { ints: [stride, stride] } };
}

/** The gradient with respect to the input: a convolution with the flipped kernel, its two channel axes swapped. */
export function inputGradient(
  graph: GraphBuilder,
  batch: number,
  gradient: string,
  weight: string,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, stride, before, after, formulas } = shape;
  if (stride > 1) return transposed(graph, gradient, weight, shape);
  const kernels = flipKernels(graph, weight, [output[0], input[0], kernel, kernel]);
  const swapped = graph.node('Transpose', [kernels], { perm: { ints: [1, 0, 2, 3] } });
  return convolve(graph, batch, gradient, swapped, undefined, {
    input: output,
    output: input,
    kernel,
    stride: 1,
    before: kernel - 1 - before,
    after: kernel - 1 - after,
    formulas,
  });
}

/** Kernels `[.., .., kernel, kernel]` turned by 180 degrees. */
export function flipKernels(graph: GraphBuilder, weight: string, shape: readonly number[]): string {
  const area = shape[2]! * shape[3]!;
  // By a product with a reversing matrix: four times as fast as Gather or a Slice with negative steps.
  const reversal = new Float32Array(area * area);
  for (let i = 0; i < area; i++) reversal[i * area + area - 1 - i] = 1;
  const rows = graph.node('Reshape', [weight, graph.integers(shape[0]! * shape[1]!, area)]);
  const flipped = graph.node('MatMul', [rows, graph.constant({ dims: [area, area], data: reversal })]);
  return graph.node('Reshape', [flipped, graph.integers(...shape)]);
}

/** The input gradient of a strided convolution. */
function transposed(graph: GraphBuilder, gradient: string, weight: string, shape: ConvolutionShape): string {
  const { input, output, kernel, stride, before, after } = shape;
  // Pixels at the end that no place of the kernel reached have a gradient of zero.
  const missing = (axis: 1 | 2): number => input[axis] - ((output[axis] - 1) * stride + kernel - before - after);
  return graph.node('ConvTranspose', [gradient, weight], {
    kernel_shape: { ints: [kernel, kernel] },
    pads: { ints: [before, before, after, after] },
    output_padding: { ints: [missing(1), missing(2)] },
    ...strides(stride),
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
  // WebGPU computes the grouped convolutions of the products per sample wrongly (ONNX Runtime 1.30: for nine copies of
  // each of 4, 8 or 16 channels).
  const isPerSample = shape.formulas !== 'portable' && sideOf(shape.output) >= perSampleFromSide;
  if (!isPerSample) return wholeBatch(graph, batch, value, gradient, shape);
  // With few channels in and many filters out, all copies of the value are fewer than those of the gradient.
  const isShared = shape.stride === 1 && shape.kernel * shape.input[0] >= shape.output[0];
  const formula = isShared ? shared : perSample;
  return formula(graph, batch, value, gradient, shape);
}

/**
 * Half of the shifts for each side: the value is copied once per kernel column, the gradient once per kernel row, and one
 * product per sample pairs all with all. That is `2 * kernel` copies where `perSample` makes `kernel * kernel`.
 */
function shared(graph: GraphBuilder, batch: number, value: string, gradient: string, shape: ConvolutionShape): string {
  const { input, output, kernel, before, after } = shape;
  const [[channels, height], [filters, , width]] = [input, output];
  const positions = height * width;
  const copies = 4 * kernel * (channels + filters) * positions;
  const parts = split(batch, Math.max(1, Math.floor(copiesInCache / copies)));
  const pieces = (whole: string): string[] =>
    parts.length === 1
      ? [whole]
      : graph.nodes('Split', [whole, graph.integers(...parts)], parts.length, { axis: { int: 0 } });
  const [opposite, rest] = [kernel - 1 - before, kernel - 1 - after];
  const gradients = pieces(gradient);
  const products = pieces(value).map((piece, i) => {
    const columns = copyShifts(graph, piece, channels, { size: [1, kernel], pads: [0, before, 0, after] });
    const rowPads = [opposite, 0, rest, 0];
    const rows = copyShifts(graph, gradients[i]!, filters, { size: [kernel, 1], pads: rowPads, isReversed: true });
    const left = graph.node('Reshape', [rows, graph.integers(parts[i]!, kernel * filters, positions)]);
    const right = graph.node('Reshape', [columns, graph.integers(parts[i]!, kernel * channels, positions)]);
    return graph.node('MatMul', [left, graph.node('Transpose', [right], { perm: { ints: [0, 2, 1] } })]);
  });
  const all = products.length === 1 ? products[0]! : graph.node('Concat', products, { axis: { int: 0 } });
  const sum = graph.node('ReduceSum', [all, graph.integers(0)], { keepdims: { int: 0 } });
  // [filters, kernel (y), channels, kernel (x)] -> [filters, channels, kernel, kernel]
  const apart = graph.node('Reshape', [sum, graph.integers(filters, kernel, channels, kernel)]);
  return graph.node('Transpose', [apart], { perm: { ints: [0, 2, 1, 3] } });
}

/** `total` as a sum of parts of at most `largest`. */
function split(total: number, largest: number): number[] {
  const parts = new Array<number>(Math.floor(total / largest)).fill(largest);
  return total % largest === 0 ? parts : [...parts, total % largest];
}

interface Shifts {
  readonly size: readonly [height: number, width: number];
  readonly pads: number[];
  readonly stride?: number;
  readonly isReversed?: boolean;
}

/** Every channel once per place of the kernel, shifted to it: an identity depthwise convolution. */
function copyShifts(
  graph: GraphBuilder,
  value: string,
  channels: number,
  { size: [height, width], pads, stride = 1, isReversed = false }: Shifts,
): string {
  const area = height * width;
  if (area === 1) return value;
  const shifts = new Float32Array(channels * area * area);
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < area; k++) shifts[(c * area + k) * area + (isReversed ? area - 1 - k : k)] = 1;
  }
  return graph.node('Conv', [value, graph.constant({ dims: [channels * area, 1, height, width], data: shifts })], {
    kernel_shape: { ints: [height, width] },
    pads: { ints: pads },
    group: { int: channels },
    ...strides(stride),
  });
}

/** An identity depthwise convolution copies every shift into a channel; one product per sample, then the sum over the batch. */
function perSample(
  graph: GraphBuilder,
  batch: number,
  value: string,
  gradient: string,
  shape: ConvolutionShape,
): string {
  const { input, output, kernel, stride, before, after } = shape;
  const [channels, area, positions] = [input[0], kernel * kernel, output[1] * output[2]];
  const pads = [before, before, after, after];
  const columns = copyShifts(graph, value, channels, { size: [kernel, kernel], pads, stride });
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
  const { input, output, kernel, stride, before, after } = shape;
  const channels = input[0];
  const [filters, height, outputWidth] = output;
  // `count` places from `first` on, a stride apart.
  const places = (whole: string, axis: number, first: number, count: number): string => {
    const ends = [graph.integers(first), graph.integers(first + (count - 1) * stride + 1), graph.integers(axis)];
    return graph.node('Slice', [whole, ...ends, ...(stride === 1 ? [] : [graph.integers(stride)])]);
  };
  const turned = graph.node('Transpose', [value], { perm: { ints: [1, 0, 2, 3] } });
  const padded = graph.node('Pad', [turned, graph.integers(0, 0, before, before, 0, 0, after, after)]);
  const shifts = Array.from({ length: kernel }, (_, x) => places(padded, 3, x, outputWidth));
  // [kernel (x) * channels, batch, paddedHeight, width]
  const stacked = shifts.length === 1 ? shifts[0]! : graph.node('Concat', shifts, { axis: { int: 0 } });
  const positions = batch * height * outputWidth;
  const right = graph.node('Reshape', [
    graph.node('Transpose', [gradient], { perm: { ints: [1, 0, 2, 3] } }),
    graph.integers(filters, positions),
  ]);
  const products = Array.from({ length: kernel }, (_, y) => {
    const rows = places(stacked, 2, y, height);
    const left = graph.node('Reshape', [rows, graph.integers(kernel * channels, positions)]);
    const product = graph.node('Gemm', [right, left], { transB: { int: 1 } });
    return graph.node('Reshape', [product, graph.integers(filters, 1, kernel, channels)]);
  });
  // [filters, kernel (y), kernel (x), channels] -> [filters, channels, kernel, kernel]
  const all = products.length === 1 ? products[0]! : graph.node('Concat', products, { axis: { int: 1 } });
  return graph.node('Transpose', [all], { perm: { ints: [0, 3, 1, 2] } });
}
