// The state of a .tflite to .onnx conversion: the graph so far, run-time values and constants by tensor number.
import { ModelFormatError } from '../errors.js';
import { GraphBuilder } from './graph-builder.js';
import { constantValues, type TfliteModel, type TfliteOperator } from './read-tflite.js';

/** A value at run time: its ONNX name and the shape that the .tflite file gives it. */
export interface TfliteValue {
  readonly name: string;
  /** In the file's order: NHWC for rank 4, although the ONNX value itself is NCHW. */
  readonly dims: readonly number[];
}

/** The interface of an operator's conversion. */
export class TfliteConversion {
  readonly graph: GraphBuilder;
  readonly #model: TfliteModel;
  readonly #values = new Map<number, TfliteValue>();
  readonly #constants = new Map<number, Float32Array | Int32Array>();

  constructor(model: TfliteModel, name: string) {
    this.#model = model;
    this.graph = new GraphBuilder(name);
  }

  /** The run-time value of tensor `index`. */
  value(index: number): TfliteValue {
    const value = this.#values.get(index);
    if (value !== undefined) return value;
    throw new ModelFormatError(`the value "${this.#model.tensors[index]?.name}" must be computed before it is used`);
  }

  /** The constant that tensor `index` holds, with its shape in the file's order. */
  constant(index: number): { dims: readonly number[]; values: Float32Array | Int32Array } {
    const tensor = this.#model.tensors[index];
    if (tensor === undefined) throw new ModelFormatError('an operator lacks an input; the file is damaged');
    let values = this.#constants.get(index);
    if (values === undefined) {
      values = constantValues(tensor);
      this.#constants.set(index, values);
    }
    return { dims: tensor.dims, values };
  }

  float32(index: number): { dims: readonly number[]; values: Float32Array } {
    const { dims, values } = this.constant(index);
    if (values instanceof Float32Array) return { dims, values };
    throw new ModelFormatError('weights must be float16 or float32, found int32');
  }

  int32(index: number): readonly number[] {
    const { values } = this.constant(index);
    if (values instanceof Int32Array) return [...values];
    throw new ModelFormatError('shapes and paddings must be int32, found float');
  }

  /** Records that the constant `output` is the constant `input`, as float32. */
  alias(output: number, input: number): void {
    this.#constants.set(output, this.float32(input).values);
    this.#requireDims(output, this.#model.tensors[input]!.dims);
  }

  /** Records an operator's result; `value.dims` must equal the file's. */
  define(index: number, value: TfliteValue): void {
    this.#requireDims(index, value.dims);
    this.#values.set(index, value);
  }

  /** The shape that the file gives tensor `index`. */
  dims(index: number): readonly number[] {
    return this.#model.tensors[index]!.dims;
  }

  #requireDims(index: number, dims: readonly number[]): void {
    const expected = this.dims(index);
    if (expected.length === dims.length && expected.every((size, i) => size === dims[i])) return;
    throw new ModelFormatError(
      `"${this.#model.tensors[index]!.name}" must have the shape [${expected.join(', ')}], found [${dims.join(', ')}]`,
    );
  }
}

/** NHWC to NCHW for rank 4; other ranks unchanged. */
export function toNchw<T>(dims: readonly T[]): readonly T[] {
  return dims.length === 4 ? [dims[0]!, dims[3]!, dims[1]!, dims[2]!] : dims;
}

/** The input `i` of an operator, required to be there. */
export function inputOf(operator: TfliteOperator, i: number): number {
  const index = operator.inputs[i];
  if (index !== undefined && index >= 0) return index;
  throw new ModelFormatError(`${operator.name} must have an input ${i}; the file is damaged`);
}

/** The one output of an operator. */
export function outputOf(operator: TfliteOperator): number {
  if (operator.outputs.length === 1) return operator.outputs[0]!;
  throw new ModelFormatError(`${operator.name} must have one output, found ${operator.outputs.length}`);
}
