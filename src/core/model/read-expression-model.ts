// Reads the file of an expression model: its graph, and what it says about itself, checked against each other.
import { z } from 'zod';
import { ModelFormatError } from '../errors.js';
import { metadataKey } from '../onnx/metadata-key.js';
import type { OnnxModel } from '../onnx/onnx-model.js';
import { readModel } from '../onnx/read-model.js';
import { type ModelMetadata, modelMetadataSchema } from './model-metadata.js';

export interface ExpressionModelFile {
  readonly graph: OnnxModel;
  readonly metadata: ModelMetadata;
}

/** Throws ModelFormatError when moodlens did not write the file, or its graph is not what its metadata says. */
export function readExpressionModel(bytes: Uint8Array): ExpressionModelFile {
  const graph = readModel(bytes);
  const metadata = readModelMetadata(graph);
  checkGraph(graph, metadata);
  return { graph, metadata };
}

function readModelMetadata(model: OnnxModel): ModelMetadata {
  const text = model.metadata.get(metadataKey);
  if (text === undefined) {
    throw new ModelFormatError(
      `an expression model must carry the metadata '${metadataKey}' that moodlens writes, and this ONNX file has none; use a model made by 'moodlens train'`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelFormatError(
      `the model's metadata '${metadataKey}' must be JSON and is not; export the model again`,
      {
        cause: error,
      },
    );
  }
  const result = modelMetadataSchema.safeParse(json);
  if (result.success) return result.data;
  throw new ModelFormatError(
    `the model's metadata '${metadataKey}' is not what this version of moodlens reads: ${z.prettifyError(result.error)}\nexport the model again`,
  );
}

/** The graph must have the input and the outputs that the metadata promises. */
function checkGraph(model: OnnxModel, { input, labels, embedding }: ModelMetadata): void {
  const image = model.inputs.find(({ name }) => name === 'image');
  const [, channels, height, width] = image?.dims ?? [];
  if (
    image?.type !== 'uint8' ||
    image.dims?.length !== 4 ||
    channels !== 1 ||
    height !== input.height ||
    width !== input.width
  ) {
    const found = image ? `${image.type ?? 'another type'} [${image.dims?.join(', ') ?? '?'}]` : 'no such input';
    throw new ModelFormatError(
      `the model must take 'image' as uint8 [batch, 1, ${input.height}, ${input.width}] and has ${found}; export it again`,
    );
  }
  for (const [name, size] of Object.entries({ probabilities: labels.length, embedding })) {
    const output = model.outputs.find((value) => value.name === name);
    if (output?.type !== 'float32' || output.dims?.length !== 2 || output.dims[1] !== size) {
      const found = output ? `${output.type ?? 'another type'} [${output.dims?.join(', ') ?? '?'}]` : 'no such output';
      throw new ModelFormatError(
        `the model must give '${name}' as float32 [batch, ${size}] and has ${found}; export it again`,
      );
    }
  }
}
