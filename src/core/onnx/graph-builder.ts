// Builds an ONNX graph node by node; values are identified by name.
import type { Tensor, TensorData } from '../ports/session.js';
import {
  type Attribute,
  type Dimension,
  type ElementType,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValue,
  opsetVersion,
} from './onnx-model.js';
import { writeModel } from './write-model.js';

export type { Attribute, Dimension, ElementType } from './onnx-model.js';

/** Collects nodes, inputs, constants and outputs, then writes the model. Node order is the order of the calls, which must be topological. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #constants: OnnxInitializer[] = [];
  readonly #sharedConstants = new Map<string, string>();
  readonly #names = new Set<string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares a graph input and returns its name. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.#inputs.push({ name: this.#claim(name), type, dims });
    return name;
  }

  /** Adds an initializer and returns its name. `type` is needed only for types that share an array type (int8, bool, float16). */
  constant(tensor: Tensor, name?: string, type = elementTypeOf(tensor.data)): string {
    const claimed = name === undefined ? this.#fresh('constant') : this.#claim(name);
    this.#constants.push({ name: claimed, dims: tensor.dims, type, data: tensor.data });
    return claimed;
  }

  /** A float32 scalar; the same value is stored once. */
  scalar(value: number): string {
    return this.#shared(`f${value}`, () => ({ dims: [], data: new Float32Array([value]) }));
  }

  /** An int64 vector (shapes, axes, pads); the same values are stored once. */
  integers(...values: number[]): string {
    return this.#shared(`i${values.join()}`, () => ({
      dims: [values.length],
      data: new BigInt64Array(values.map((value) => BigInt(value))),
    }));
  }

  /** Adds a node with one output and returns the output's name. An empty input name leaves an optional input out. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name?: string,
  ): string {
    const output = name === undefined ? this.#fresh(operator) : this.#claim(name);
    this.#nodes.push({ name: output, operator, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a node with several outputs and returns their names. */
  nodes(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#fresh(operator));
    this.#nodes.push({ name: names[0] ?? operator, operator, inputs, outputs: names, attributes });
    return names;
  }

  /** Gives a value a public name through an Identity node. */
  rename(value: string, name: string): string {
    return this.node('Identity', [value], {}, name);
  }

  /** Declares an existing value as a graph output. */
  output(name: string, type: ElementType, dims: readonly Dimension[]): void {
    this.#outputs.push({ name, type, dims });
  }

  /** The bytes of the .onnx file. */
  build(metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
    return writeModel({
      name: this.#name,
      opset: opsetVersion,
      producer: 'moodlens',
      metadata: new Map(Object.entries(metadata)),
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes,
      initializers: this.#constants,
    });
  }

  #shared(key: string, make: () => Tensor): string {
    const known = this.#sharedConstants.get(key);
    if (known !== undefined) return known;
    const name = this.constant(make());
    this.#sharedConstants.set(key, name);
    return name;
  }

  #fresh(stem: string): string {
    return this.#claim(`${stem}_${this.#names.size}`);
  }

  #claim(name: string): string {
    if (this.#names.has(name)) throw new TypeError(`GraphBuilder: the name '${name}' is taken`);
    this.#names.add(name);
    return name;
  }
}

function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int32Array) return 'int32';
  return 'int64';
}
