// The .tflite operators that slide a window over a picture: convolutions and max pooling.
import { ModelFormatError } from '../errors.js';
import type { FlatbufferTable } from './flatbuffer-table.js';
import type { TfliteOperator } from './read-tflite.js';
import { inputOf, outputOf, type TfliteConversion } from './tflite-conversion.js';

/** A window along one axis, in pixels. */
interface WindowAxis {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

// Numbers of the schema's enums.
const SAME = 0;
const VALID = 1;
const NO_ACTIVATION = 0;
const RELU = 1;

/** CONV_2D: weights [out, height, width, in] become [out, in, height, width]. */
export function convertConvolution(conversion: TfliteConversion, operator: TfliteOperator): void {
  const { dims, values } = conversion.float32(inputOf(operator, 1));
  const [outputs, height, width, inputs] = requireRank4(operator, dims);
  const { options } = operator;
  const vertical = { size: height, stride: options?.int32(2, 0) ?? 1, dilation: options?.int32(5, 1) ?? 1 };
  const horizontal = { size: width, stride: options?.int32(1, 0) ?? 1, dilation: options?.int32(4, 1) ?? 1 };
  const weights = new Float32Array(values.length);
  for (let o = 0, from = 0; o < outputs; o++) {
    for (let position = 0; position < height * width; position++) {
      for (let i = 0; i < inputs; i++) weights[(o * inputs + i) * height * width + position] = values[from++]!;
    }
  }
  const activation = options?.int8(3, 0) ?? 0;
  addConvolution(conversion, operator, { weights, outputs, inputs, group: 1, vertical, horizontal, activation });
}

/** DEPTHWISE_CONV_2D: weights [1, height, width, out] become [out, 1, height, width] with a group per input channel. */
export function convertDepthwiseConvolution(conversion: TfliteConversion, operator: TfliteOperator): void {
  const { dims, values } = conversion.float32(inputOf(operator, 1));
  const [one, height, width, outputs] = requireRank4(operator, dims);
  const { options } = operator;
  const channels = conversion.value(inputOf(operator, 0)).dims[3];
  const multiplier = options?.int32(3, 0) ?? 1;
  if (one !== 1 || channels === undefined || outputs !== channels * multiplier) {
    throw new ModelFormatError(`DEPTHWISE_CONV_2D weights [${dims.join(', ')}] do not fit ${channels} channels`);
  }
  const vertical = { size: height, stride: options?.int32(2, 0) ?? 1, dilation: options?.int32(6, 1) ?? 1 };
  const horizontal = { size: width, stride: options?.int32(1, 0) ?? 1, dilation: options?.int32(5, 1) ?? 1 };
  const weights = new Float32Array(values.length);
  for (let position = 0, from = 0; position < height * width; position++) {
    for (let o = 0; o < outputs; o++) weights[o * height * width + position] = values[from++]!;
  }
  const activation = options?.int8(4, 0) ?? 0;
  addConvolution(conversion, operator, {
    weights,
    outputs,
    inputs: 1,
    group: channels,
    vertical,
    horizontal,
    activation,
  });
}

export function convertMaxPool(conversion: TfliteConversion, operator: TfliteOperator): void {
  const { name, dims } = conversion.value(inputOf(operator, 0));
  const [batch, height, width, channels] = requireRank4(operator, dims);
  const { options } = operator;
  const vertical = requireWindow(operator, {
    size: options?.int32(4, 0) ?? 0,
    stride: options?.int32(2, 0) ?? 0,
    dilation: 1,
  });
  const horizontal = requireWindow(operator, {
    size: options?.int32(3, 0) ?? 0,
    stride: options?.int32(1, 0) ?? 0,
    dilation: 1,
  });
  const padding = requirePadding(operator, options);
  const rows = slide(height, vertical, padding);
  const columns = slide(width, horizontal, padding);
  const pooled = conversion.graph.node('MaxPool', [name], {
    kernel_shape: { ints: [vertical.size, horizontal.size] },
    strides: { ints: [vertical.stride, horizontal.stride] },
    pads: { ints: [rows.before, columns.before, rows.after, columns.after] },
  });
  conversion.define(outputOf(operator), {
    name: withActivation(conversion, pooled, options?.int8(5, 0) ?? 0),
    dims: [batch, rows.count, columns.count, channels],
  });
}

/** Adds the activation that an operator carries. */
export function withActivation(conversion: TfliteConversion, value: string, activation: number): string {
  if (activation === NO_ACTIVATION) return value;
  if (activation === RELU) return conversion.graph.node('Relu', [value]);
  throw new ModelFormatError(`an operator's activation must be none or RELU, found number ${activation} of the schema`);
}

interface Convolution {
  readonly weights: Float32Array;
  readonly outputs: number;
  /** Input channels per group. */
  readonly inputs: number;
  readonly group: number;
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
  readonly activation: number;
}

function addConvolution(conversion: TfliteConversion, operator: TfliteOperator, convolution: Convolution): void {
  const { graph } = conversion;
  const { weights, outputs, inputs, group } = convolution;
  const vertical = requireWindow(operator, convolution.vertical);
  const horizontal = requireWindow(operator, convolution.horizontal);
  const value = conversion.value(inputOf(operator, 0));
  const [batch, height, width, channels] = requireRank4(operator, value.dims);
  if (channels !== inputs * group) {
    throw new ModelFormatError(`${operator.name} weights take ${inputs * group} channels, found ${channels}`);
  }
  const padding = requirePadding(operator, operator.options);
  const rows = slide(height, vertical, padding);
  const columns = slide(width, horizontal, padding);
  const operands = [
    value.name,
    graph.constant({ dims: [outputs, inputs, vertical.size, horizontal.size], data: weights }),
  ];
  const biasIndex = operator.inputs[2] ?? -1;
  if (biasIndex >= 0) {
    const bias = conversion.float32(biasIndex);
    if (bias.values.length !== outputs) {
      throw new ModelFormatError(`${operator.name} must have ${outputs} biases, found ${bias.values.length}`);
    }
    operands.push(graph.constant({ dims: [outputs], data: bias.values }));
  }
  const node = graph.node('Conv', operands, {
    kernel_shape: { ints: [vertical.size, horizontal.size] },
    strides: { ints: [vertical.stride, horizontal.stride] },
    dilations: { ints: [vertical.dilation, horizontal.dilation] },
    pads: { ints: [rows.before, columns.before, rows.after, columns.after] },
    group: { int: group },
  });
  conversion.define(outputOf(operator), {
    name: withActivation(conversion, node, convolution.activation),
    dims: [batch, rows.count, columns.count, outputs],
  });
}

/**
 * The number of windows and the padding. TensorFlow's SAME gives ceil(size / stride) windows and puts the odd pixel of
 * padding at the end, so the padding depends on the input's size and is often asymmetric.
 */
function slide(
  input: number,
  { size, stride, dilation }: WindowAxis,
  padding: number,
): { count: number; before: number; after: number } {
  const reach = (size - 1) * dilation + 1;
  if (padding === VALID) return { count: Math.ceil((input - reach + 1) / stride), before: 0, after: 0 };
  const count = Math.ceil(input / stride);
  const total = Math.max(0, (count - 1) * stride + reach - input);
  const before = Math.floor(total / 2);
  return { count, before, after: total - before };
}

function requirePadding(operator: TfliteOperator, options: FlatbufferTable | undefined): number {
  const padding = options?.int8(0, 0) ?? SAME;
  if (padding === SAME || padding === VALID) return padding;
  throw new ModelFormatError(`${operator.name} must have SAME or VALID padding, found number ${padding}`);
}

function requireWindow(operator: TfliteOperator, window: WindowAxis): WindowAxis {
  const largest = 1 << 16;
  if (Object.values(window).every((value: number) => value >= 1 && value <= largest)) return window;
  throw new ModelFormatError(
    `${operator.name} must have a window, stride and dilation of at least 1, found ${window.size}, ${window.stride}, ${window.dilation}`,
  );
}

function requireRank4(operator: TfliteOperator, dims: readonly number[]): readonly [number, number, number, number] {
  if (dims.length === 4) return [dims[0]!, dims[1]!, dims[2]!, dims[3]!];
  throw new ModelFormatError(`${operator.name} must work on four axes, found [${dims.join(', ')}]`);
}
