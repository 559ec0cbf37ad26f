// The conversion of each .tflite operator to ONNX nodes.
import { ModelFormatError } from '../errors.js';
import type { TfliteOperator, TfliteOperatorName } from './read-tflite.js';
import { inputOf, outputOf, type TfliteConversion, type TfliteValue, toNchw } from './tflite-conversion.js';
import { convertConvolution, convertDepthwiseConvolution, convertMaxPool, withActivation } from './tflite-windows.js';

type Convert = (conversion: TfliteConversion, operator: TfliteOperator) => void;

const converters: Readonly<Record<TfliteOperatorName, Convert>> = {
  ADD: add,
  CONCATENATION: concatenate,
  CONV_2D: convertConvolution,
  DEPTHWISE_CONV_2D: convertDepthwiseConvolution,
  // Only weights are stored as float16 here, and they are converted now, once.
  DEQUANTIZE: (conversion, operator) => conversion.alias(outputOf(operator), inputOf(operator, 0)),
  MAX_POOL_2D: convertMaxPool,
  RELU: (conversion, operator) => {
    const { name, dims } = conversion.value(inputOf(operator, 0));
    conversion.define(outputOf(operator), { name: conversion.graph.node('Relu', [name]), dims });
  },
  RESHAPE: reshape,
  RESIZE_BILINEAR: resizeBilinear,
  PAD: pad,
};

/** Adds the nodes of one operator and records its output. Throws ModelFormatError for options that are not supported. */
export function convertOperator(conversion: TfliteConversion, operator: TfliteOperator): void {
  converters[operator.name](conversion, operator);
}

function add(conversion: TfliteConversion, operator: TfliteOperator): void {
  const left = conversion.value(inputOf(operator, 0));
  const right = conversion.value(inputOf(operator, 1));
  if (left.dims.join() !== right.dims.join()) {
    throw new ModelFormatError(
      `ADD must have equal shapes, found [${left.dims.join(', ')}] and [${right.dims.join(', ')}]`,
    );
  }
  const sum = conversion.graph.node('Add', [left.name, right.name]);
  const name = withActivation(conversion, sum, operator.options?.int8(0, 0) ?? 0);
  conversion.define(outputOf(operator), { name, dims: left.dims });
}

function concatenate(conversion: TfliteConversion, operator: TfliteOperator): void {
  const values = operator.inputs.map((_, i) => conversion.value(inputOf(operator, i)));
  const first = values[0];
  if (first === undefined) throw new ModelFormatError('CONCATENATION must have an input; the file is damaged');
  const rank = first.dims.length;
  const stated = operator.options?.int32(0, 0) ?? 0;
  const axis = stated < 0 ? stated + rank : stated;
  const fits = ({ dims }: TfliteValue) =>
    dims.length === rank && dims.every((size, i) => i === axis || size === first.dims[i]);
  if (axis < 0 || axis >= rank || !values.every(fits)) {
    throw new ModelFormatError('CONCATENATION must join equal shapes along one of their axes; the file is damaged');
  }
  const dims = first.dims.map((size, i) =>
    i === axis ? values.reduce((sum, value) => sum + value.dims[i]!, 0) : size,
  );
  // The axis moves with the layout: position of NHWC's axis within NCHW.
  const onnxAxis = toNchw(dims.map((_, i) => i)).indexOf(axis);
  const joined = conversion.graph.node(
    'Concat',
    values.map(({ name }) => name),
    { axis: { int: onnxAxis } },
  );
  const name = withActivation(conversion, joined, operator.options?.int8(1, 0) ?? 0);
  conversion.define(outputOf(operator), { name, dims });
}

/** The elements keep the file's order, so a rank-4 value goes back to NHWC first. */
function reshape(conversion: TfliteConversion, operator: TfliteOperator): void {
  const value = conversion.value(inputOf(operator, 0));
  const output = outputOf(operator);
  const dims = conversion.dims(output);
  const count = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);
  if (count(dims) !== count(value.dims)) {
    throw new ModelFormatError(`RESHAPE must keep ${count(value.dims)} elements, found [${dims.join(', ')}]`);
  }
  const { graph } = conversion;
  const rows =
    value.dims.length === 4 ? graph.node('Transpose', [value.name], { perm: { ints: [0, 2, 3, 1] } }) : value.name;
  const reshaped = graph.node('Reshape', [rows, graph.integers(...dims)]);
  const name = dims.length === 4 ? graph.node('Transpose', [reshaped], { perm: { ints: [0, 3, 1, 2] } }) : reshaped;
  conversion.define(output, { name, dims });
}

function resizeBilinear(conversion: TfliteConversion, operator: TfliteOperator): void {
  const { name, dims } = conversion.value(inputOf(operator, 0));
  const size = conversion.int32(inputOf(operator, 1));
  if (dims.length !== 4 || size.length !== 2) {
    throw new ModelFormatError('RESIZE_BILINEAR must take a rank-4 value and two sizes; the file is damaged');
  }
  const resized = [dims[0]!, size[0]!, size[1]!, dims[3]!];
  const alignCorners = operator.options?.boolean(2) ?? false;
  const halfPixel = operator.options?.boolean(3) ?? false;
  const coordinates = halfPixel ? 'half_pixel' : alignCorners ? 'align_corners' : 'asymmetric';
  const node = conversion.graph.node('Resize', [name, '', '', conversion.graph.integers(...toNchw(resized))], {
    mode: { string: 'linear' },
    coordinate_transformation_mode: { string: coordinates },
  });
  conversion.define(outputOf(operator), { name: node, dims: resized });
}

function pad(conversion: TfliteConversion, operator: TfliteOperator): void {
  const { name, dims } = conversion.value(inputOf(operator, 0));
  const amounts = conversion.int32(inputOf(operator, 1));
  if (amounts.length !== 2 * dims.length || amounts.some((amount) => amount < 0)) {
    throw new ModelFormatError(`PAD must have ${2 * dims.length} amounts of at least 0, found ${amounts.join(', ')}`);
  }
  const before = dims.map((_, i) => amounts[2 * i]!);
  const after = dims.map((_, i) => amounts[2 * i + 1]!);
  const pads = conversion.graph.integers(...toNchw(before), ...toNchw(after));
  conversion.define(outputOf(operator), {
    name: conversion.graph.node('Pad', [name, pads]),
    dims: dims.map((size, i) => size + before[i]! + after[i]!),
  });
}
