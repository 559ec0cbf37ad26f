// Encodes an OnnxModel as the bytes of an .onnx file (protobuf wire format; field numbers of onnx.proto).
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type Attribute,
  type ElementType,
  elementTypes,
  irVersion,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
} from './onnx-model.js';

const { LengthDelimited, Varint, Bit32 } = WireType;

// AttributeProto.AttributeType
const attributeType = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

/** Encodes a model. Throws TypeError when an initializer has no data. */
export function writeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const w = new BinaryWriter();
  w.tag(1, Varint).int64(irVersion);
  text(w, 2, model.producer);
  message(w, 7, () => writeGraph(w, model));
  message(w, 8, () => {
    text(w, 1, '');
    w.tag(2, Varint).int64(model.opset);
  });
  for (const [key, value] of model.metadata) {
    message(w, 14, () => {
      text(w, 1, key);
      text(w, 2, value);
    });
  }
  return w.finish();
}

function writeGraph(w: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) message(w, 1, () => writeNode(w, node));
  text(w, 2, model.name);
  for (const tensor of model.initializers) message(w, 5, () => writeTensor(w, tensor));
  for (const value of model.inputs) message(w, 11, () => writeValue(w, value));
  for (const value of model.outputs) message(w, 12, () => writeValue(w, value));
}

function writeNode(w: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) text(w, 1, input);
  for (const output of node.outputs) text(w, 2, output);
  text(w, 3, node.name);
  text(w, 4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(w, 5, () => writeAttribute(w, name, attribute));
  }
}

function writeAttribute(w: BinaryWriter, name: string, attribute: Attribute): void {
  text(w, 1, name);
  if ('int' in attribute) {
    w.tag(3, Varint).int64(attribute.int);
    w.tag(20, Varint).int32(attributeType.int);
  } else if ('float' in attribute) {
    w.tag(2, Bit32).float(attribute.float);
    w.tag(20, Varint).int32(attributeType.float);
  } else if ('string' in attribute) {
    text(w, 4, attribute.string);
    w.tag(20, Varint).int32(attributeType.string);
  } else if ('ints' in attribute) {
    for (const value of attribute.ints) w.tag(8, Varint).int64(value);
    w.tag(20, Varint).int32(attributeType.ints);
  } else {
    for (const value of attribute.floats) w.tag(7, Bit32).float(value);
    w.tag(20, Varint).int32(attributeType.floats);
  }
}

function writeTensor(w: BinaryWriter, tensor: OnnxInitializer): void {
  if (tensor.type === undefined || tensor.data === undefined) {
    throw new TypeError(`writeModel: initializer '${tensor.name}' has no data`);
  }
  for (const dim of tensor.dims) w.tag(1, Varint).int64(dim);
  w.tag(2, Varint).int32(elementTypes[tensor.type]);
  text(w, 8, tensor.name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  w.tag(9, LengthDelimited).bytes(new Uint8Array(buffer, byteOffset, byteLength));
}

function writeValue(w: BinaryWriter, value: OnnxValue): void {
  text(w, 1, value.name);
  message(w, 2, () =>
    message(w, 1, () => {
      w.tag(1, Varint).int32(elementTypes[value.type as ElementType]);
      // A missing shape means "unknown"; an empty one is a scalar's.
      if (value.dims === undefined) return;
      const { dims } = value;
      message(w, 2, () => {
        for (const dim of dims) {
          message(w, 1, () => {
            if (typeof dim === 'number') w.tag(1, Varint).int64(dim);
            else text(w, 2, dim);
          });
        }
      });
    }),
  );
}

function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, LengthDelimited).string(value);
}

function message(w: BinaryWriter, field: number, body: () => void): void {
  w.tag(field, LengthDelimited).fork();
  body();
  w.join();
}
