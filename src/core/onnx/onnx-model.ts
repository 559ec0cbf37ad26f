// The part of the ONNX format (onnx.proto, IR version 8, opset 17) that moodlens writes and reads, as plain data.
import type { TensorData } from '../ports/session.js';

/** Element types by name, with TensorProto.DataType's numbers. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;

export type ElementType = keyof typeof elementTypes;

/** A fixed size, or a name for a size known only when the model runs ('batch'). */
export type Dimension = number | string;

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly string: string };

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph input or output. `dims` is undefined when the file states no shape. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly dims: readonly Dimension[] | undefined;
}

/** A constant. `data` is undefined for element types that moodlens does not use. */
export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: ElementType | undefined;
  readonly data: TensorData | undefined;
}

export interface OnnxModel {
  readonly name: string;
  readonly opset: number;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}

/** The operator set that every file we write asks for. */
export const opsetVersion = 17;

export const irVersion = 8;
