// Reads a .tflite model (schema version 3) into plain data: tensors, constants and operators of its one subgraph.

import { float16ToFloat32 } from '../bytes/float16.js';
import { ModelFormatError } from '../errors.js';
import { FlatbufferTable } from './flatbuffer-table.js';

/** The operators that can be converted, with their numbers in the schema's BuiltinOperator. */
export const tfliteOperators = {
  ADD: 0,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEQUANTIZE: 6,
  MAX_POOL_2D: 17,
  RELU: 19,
  RESHAPE: 22,
  RESIZE_BILINEAR: 23,
  PAD: 34,
} as const;

export type TfliteOperatorName = keyof typeof tfliteOperators;

export type TfliteElementType = 'float32' | 'float16' | 'int32';

export interface TfliteTensor {
  readonly name: string;
  /** Undefined for a type that no supported operator accepts. */
  readonly type: TfliteElementType | undefined;
  readonly dims: readonly number[];
  /** Little-endian content of a constant; undefined for values computed at run time. */
  readonly content: Uint8Array | undefined;
}

export interface TfliteOperator {
  readonly name: TfliteOperatorName;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatbufferTable | undefined;
}

export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const elementTypes: readonly (TfliteElementType | undefined)[] = ['float32', 'float16', 'int32'];
const operatorNames = new Map(Object.entries(tfliteOperators).map(([name, code]) => [code as number, name]));

/** Reads the model. Throws ModelFormatError when the bytes are damaged or hold an operator that is not supported. */
export function readTflite(bytes: Uint8Array): TfliteModel {
  const root = FlatbufferTable.root(bytes, 'TFL3');
  const version = root.uint32(0, 0);
  if (version !== 3) throw new ModelFormatError(`a .tflite model must have schema version 3, found ${version}`);
  const codes = root.tables(1).map(operatorCode);
  const subgraphs = root.tables(2);
  if (subgraphs.length !== 1) {
    throw new ModelFormatError(`a .tflite model must have one subgraph to be converted, found ${subgraphs.length}`);
  }
  const graph = subgraphs[0]!;
  const buffers = root.tables(4).map((buffer) => buffer.bytes(0));
  const tensors = graph.tables(0).map((tensor) => readTensor(tensor, buffers));
  const requireIndices = (indices: readonly number[], optional = false): readonly number[] => {
    for (const index of indices) {
      if ((index >= 0 || (optional && index === -1)) && index < tensors.length) continue;
      throw new ModelFormatError(
        `a tensor's number must be below ${tensors.length}, found ${index}; the file is damaged`,
      );
    }
    return indices;
  };
  const operators = graph.tables(3).map((operator): TfliteOperator => {
    const index = operator.uint32(0, 0);
    const code = codes[index];
    if (code === undefined) throw new ModelFormatError(`operator code ${index} is not in the file; it is damaged`);
    return {
      name: supportedName(code),
      inputs: requireIndices(operator.int32s(1), true),
      outputs: requireIndices(operator.int32s(2)),
      options: operator.table(4),
    };
  });
  return {
    tensors,
    operators,
    inputs: requireIndices(graph.int32s(1)),
    outputs: requireIndices(graph.int32s(2)),
  };
}

/** A constant's values. float16 becomes float32. Throws ModelFormatError unless the content fits the shape. */
export function constantValues(tensor: TfliteTensor): Float32Array | Int32Array {
  const { content, type, dims } = tensor;
  const count = dims.reduce((product, size) => product * size, 1);
  const bytes = count * (type === 'float16' ? 2 : 4);
  if (content === undefined || type === undefined || content.length !== bytes) {
    const found = content === undefined ? 'none' : `${content.length} bytes of type ${type ?? 'unknown'}`;
    throw new ModelFormatError(
      `the constant "${tensor.name}" [${dims.join(', ')}] must hold ${count} float16, float32 or int32 values, found ${found}`,
    );
  }
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  if (type === 'int32') return Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i, true));
  if (type === 'float32') return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
  return Float32Array.from({ length: count }, (_, i) => float16ToFloat32(view.getUint16(2 * i, true)));
}

/** Files older than schema 3a hold the number in the first field only; the larger of both is the operator. */
function operatorCode(table: FlatbufferTable): number {
  return Math.max(table.int8(0, 0), table.int32(3, 0));
}

function supportedName(code: number): TfliteOperatorName {
  const name = operatorNames.get(code);
  if (name !== undefined) return name as TfliteOperatorName;
  throw new ModelFormatError(
    `operator number ${code} of the .tflite schema cannot be converted; supported are ${[...operatorNames.values()].join(', ')}`,
  );
}

function readTensor(table: FlatbufferTable, buffers: readonly (Uint8Array | undefined)[]): TfliteTensor {
  const index = table.uint32(2, 0);
  if (index >= buffers.length) throw new ModelFormatError(`buffer ${index} is not in the file; it is damaged`);
  const name = table.ascii(3);
  const dims = table.int32s(0);
  // 2^28 elements: far above any picture network, far below an overflow.
  const count = dims.reduce((product, size) => product * size, 1);
  if (dims.some((size) => size < 1) || count > 2 ** 28) {
    throw new ModelFormatError(`the shape of "${name}" must be positive and fixed, found [${dims.join(', ')}]`);
  }
  // Buffer 0 is empty by the schema's rule and means "no constant"; so does any other empty buffer.
  const content = buffers[index];
  return { name, type: elementTypes[table.int8(1, 0)], dims, content: content?.length === 0 ? undefined : content };
}
