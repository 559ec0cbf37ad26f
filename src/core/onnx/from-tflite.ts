// Converts a .tflite model to .onnx: constants to float32, pictures from NHWC to NCHW, SAME padding to explicit padding.
import { ModelFormatError } from '../errors.js';
import { readTflite, type TfliteModel } from './read-tflite.js';
import { TfliteConversion, toNchw } from './tflite-conversion.js';
import { convertOperator } from './tflite-operators.js';

export interface FromTfliteOptions {
  /** The graph's name. */
  readonly name: string;
  /** Names for the inputs and outputs in the file's order; default: the names in the file. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** Metadata to store in the .onnx file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an .onnx model that computes the same. Values of rank 4 (also inputs and outputs) are NCHW in it; other
 * ranks keep their order. Throws ModelFormatError for damaged bytes and for operators or options that are not supported.
 */
export function fromTflite(bytes: Uint8Array, options: FromTfliteOptions): Uint8Array<ArrayBuffer> {
  const model = readTflite(bytes);
  const { inputs, outputs, operators, tensors } = model;
  const inputNames = namesOf(model, inputs, options.inputs, 'input');
  const outputNames = namesOf(model, outputs, options.outputs, 'output');
  const conversion = new TfliteConversion(model, options.name);
  const { graph } = conversion;
  inputs.forEach((index, i) => {
    const { dims } = tensors[index]!;
    conversion.define(index, { name: graph.input(inputNames[i]!, 'float32', toNchw(dims)), dims });
  });
  for (const operator of operators) convertOperator(conversion, operator);
  outputs.forEach((index, i) => {
    const { name, dims } = conversion.value(index);
    graph.output(graph.rename(name, outputNames[i]!), 'float32', toNchw(dims));
  });
  return graph.build(options.metadata);
}

/** The names chosen, or the file's own; they must be as many as the values, and all different. */
function namesOf(
  model: TfliteModel,
  indices: readonly number[],
  chosen: readonly string[] | undefined,
  stem: 'input' | 'output',
): readonly string[] {
  if (indices.length === 0 || (chosen !== undefined && chosen.length !== indices.length)) {
    throw new ModelFormatError(`the model must have ${chosen?.length ?? 'some'} ${stem}s, found ${indices.length}`);
  }
  // The prefix keeps the file's own names apart from those that the graph builder makes.
  const names = chosen ?? indices.map((index, i) => `${stem}_${i}_${model.tensors[index]!.name}`);
  if (new Set(names).size !== names.length)
    throw new TypeError(`fromTflite: the names ${names.join(', ')} must differ`);
  return names;
}
