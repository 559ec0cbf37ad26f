// Decodes the bytes of an .onnx file. Malformed input throws ModelFormatError; nothing outside the bytes is read.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelFormatError } from '../errors.js';
import type { TensorData } from '../ports/session.js';
import { isHtml } from './is-html.js';
import {
  type Attribute,
  type Dimension,
  type ElementType,
  elementTypes,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
} from './onnx-model.js';

/** Called for a field; returns false when it did not consume the value. */
type FieldHandler = (field: number, wire: WireType, reader: BinaryReader) => boolean;

/**
 * Reads a model. Throws ModelFormatError when the bytes are not an ONNX model, are truncated, or keep
 * weights in external files (which moodlens never reads).
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  try {
    return readModelProto(bytes);
  } catch (error) {
    if (error instanceof ModelFormatError) throw error;
    if (isHtml(bytes)) {
      throw new ModelFormatError(
        'this must be an .onnx file, and it is an HTML page, as a server answers where there is no such file; download the model again',
        { cause: error },
      );
    }
    throw new ModelFormatError('this is not an ONNX model, or it is damaged; export or download it again', {
      cause: error,
    });
  }
}

function readModelProto(bytes: Uint8Array): OnnxModel {
  let producer = '';
  let opset = 0;
  const metadata = new Map<string, string>();
  const graph = {
    name: '',
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
    nodes: [] as OnnxNode[],
    initializers: [] as OnnxInitializer[],
  };
  let hasGraph = false;
  eachField(bytes, (field, wire, r) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 2) producer = r.string();
    else if (field === 7) {
      hasGraph = true;
      readGraph(r.bytes(), graph);
    } else if (field === 8) {
      const { domain, version } = readOpset(r.bytes());
      if (domain === '' || domain === 'ai.onnx') opset = version;
    } else if (field === 14) {
      const [key, value] = readPair(r.bytes());
      metadata.set(key, value);
    } else return false;
    return true;
  });
  if (!hasGraph || opset === 0) {
    throw new ModelFormatError('an ONNX model holds a graph and an operator set, and these bytes hold none');
  }
  return { producer, opset, metadata, ...graph };
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  eachField(bytes, (field, wire, r) => {
    if (field === 1 && wire === WireType.LengthDelimited) domain = r.string();
    else if (field === 2 && wire === WireType.Varint) version = Number(r.int64());
    else return false;
    return true;
  });
  return { domain, version };
}

function readPair(bytes: Uint8Array): [string, string] {
  let key = '';
  let value = '';
  eachField(bytes, (field, wire, r) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) key = r.string();
    else if (field === 2) value = r.string();
    else return false;
    return true;
  });
  return [key, value];
}

interface MutableGraph {
  name: string;
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxInitializer[];
}

function readGraph(bytes: Uint8Array, graph: MutableGraph): void {
  eachField(bytes, (field, wire, r) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) graph.nodes.push(readNode(r.bytes()));
    else if (field === 2) graph.name = r.string();
    else if (field === 5) graph.initializers.push(readTensor(r.bytes()));
    else if (field === 11) graph.inputs.push(readValue(r.bytes()));
    else if (field === 12) graph.outputs.push(readValue(r.bytes()));
    else return false;
    return true;
  });
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, Attribute> = {};
  let name = '';
  let operator = '';
  eachField(bytes, (field, wire, r) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) inputs.push(r.string());
    else if (field === 2) outputs.push(r.string());
    else if (field === 3) name = r.string();
    else if (field === 4) operator = r.string();
    else if (field === 5) {
      const [key, value] = readAttribute(r.bytes());
      if (value !== undefined) attributes[key] = value;
    } else return false;
    return true;
  });
  return { name, operator, inputs, outputs, attributes };
}

function readAttribute(bytes: Uint8Array): [string, Attribute | undefined] {
  let name = '';
  let value: Attribute | undefined;
  const ints: number[] = [];
  const floats: number[] = [];
  eachField(bytes, (field, wire, r) => {
    if (field === 1 && wire === WireType.LengthDelimited) name = r.string();
    else if (field === 2 && wire === WireType.Bit32) value = { float: r.float() };
    else if (field === 3 && wire === WireType.Varint) value = { int: Number(r.int64()) };
    else if (field === 4 && wire === WireType.LengthDelimited) value = { string: r.string() };
    else if (field === 7) eachPacked(r, wire, WireType.Bit32, (reader) => floats.push(reader.float()));
    else if (field === 8) eachPacked(r, wire, WireType.Varint, (reader) => ints.push(Number(reader.int64())));
    else return false;
    return true;
  });
  if (ints.length > 0) value = { ints };
  else if (floats.length > 0) value = { floats };
  return [name, value];
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let type: ElementType | undefined;
  let dims: Dimension[] | undefined;
  const readShape: FieldHandler = (field, wire, r) => {
    if (field !== 1 || wire !== WireType.LengthDelimited) return false;
    dims?.push(readDimension(r.bytes()));
    return true;
  };
  const readTensorType: FieldHandler = (field, wire, r) => {
    if (field === 1 && wire === WireType.Varint) type = elementTypeName(r.int32());
    else if (field === 2 && wire === WireType.LengthDelimited) {
      dims = [];
      eachField(r.bytes(), readShape);
    } else return false;
    return true;
  };
  eachField(bytes, (field, wire, r) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) name = r.string();
    else if (field === 2) {
      eachField(r.bytes(), (inner, innerWire, reader) => {
        if (inner !== 1 || innerWire !== WireType.LengthDelimited) return false;
        eachField(reader.bytes(), readTensorType);
        return true;
      });
    } else return false;
    return true;
  });
  return { name, type, dims };
}

function readDimension(bytes: Uint8Array): Dimension {
  let dimension: Dimension = '';
  eachField(bytes, (field, wire, r) => {
    if (field === 1 && wire === WireType.Varint) dimension = Number(r.int64());
    else if (field === 2 && wire === WireType.LengthDelimited) dimension = r.string();
    else return false;
    return true;
  });
  return dimension;
}

function readTensor(bytes: Uint8Array): OnnxInitializer {
  const dims: number[] = [];
  const floats: number[] = [];
  const integers: bigint[] = [];
  let name = '';
  let type: ElementType | undefined;
  let raw: Uint8Array | undefined;
  eachField(bytes, (field, wire, r) => {
    if (field === 1) eachPacked(r, wire, WireType.Varint, (reader) => dims.push(Number(reader.int64())));
    else if (field === 2 && wire === WireType.Varint) type = elementTypeName(r.int32());
    else if (field === 4) eachPacked(r, wire, WireType.Bit32, (reader) => floats.push(reader.float()));
    else if (field === 5 || field === 7) {
      eachPacked(r, wire, WireType.Varint, (reader) => integers.push(BigInt(reader.int64())));
    } else if (field === 8 && wire === WireType.LengthDelimited) name = r.string();
    else if (field === 9 && wire === WireType.LengthDelimited) raw = r.bytes();
    else if (field === 14 && wire === WireType.Varint) {
      if (r.int32() !== 0) {
        throw new ModelFormatError(
          'a model must hold its own weights, and this one keeps them in another file; export it as one file',
        );
      }
    } else return false;
    return true;
  });
  const data = tensorData(type, raw, floats, integers);
  const expected = dims.reduce((product, dim) => product * dim, 1);
  if (data !== undefined && type !== 'float16' && data.length !== expected) {
    throw new ModelFormatError(`initializer '${name}' must have ${expected} elements and has ${data.length}`);
  }
  return { name, dims, type, data };
}

function tensorData(
  type: ElementType | undefined,
  raw: Uint8Array | undefined,
  floats: readonly number[],
  integers: readonly bigint[],
): TensorData | undefined {
  // A copy, so that typed arrays are aligned and the file's bytes can be freed. Not slice(): a Node Buffer's slice() does not copy.
  const buffer = raw && Uint8Array.from(raw).buffer;
  switch (type) {
    case 'float32':
      return buffer === undefined ? new Float32Array(floats) : new Float32Array(buffer);
    case 'int64':
      return buffer === undefined ? new BigInt64Array(integers) : new BigInt64Array(buffer);
    case 'int32':
      return buffer === undefined ? new Int32Array(integers.map(Number)) : new Int32Array(buffer);
    case 'uint8':
    case 'int8':
    case 'bool':
    case 'float16':
      return buffer === undefined ? new Uint8Array(integers.map(Number)) : new Uint8Array(buffer);
    default:
      return undefined;
  }
}

function elementTypeName(value: number): ElementType | undefined {
  return (Object.keys(elementTypes) as ElementType[]).find((name) => elementTypes[name] === value);
}

function eachField(bytes: Uint8Array, handle: FieldHandler): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!handle(field, wire, reader)) reader.skip(wire, field);
    if (reader.pos > reader.len) throw new RangeError('a field reaches past the end');
  }
}

/** Repeated numbers are encoded one by one or packed; readers must accept both (protobuf encoding guide). */
function eachPacked(
  reader: BinaryReader,
  wire: WireType,
  single: WireType,
  read: (reader: BinaryReader) => void,
): void {
  if (wire === single) return void read(reader);
  if (wire !== WireType.LengthDelimited) throw new TypeError(`wire type ${wire} in a list of numbers`);
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) read(packed);
}
