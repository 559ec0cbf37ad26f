// The same network for use: as the trainer's own check (parameters are inputs) and as the model file (weights inside,
// uint8 pictures in, probabilities and embedding out).

import { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Tensor } from '../../ports/session.js';
import {
  type Architecture,
  cropShape,
  modelParametersOf,
  networkOutput,
  objectiveOf,
  parameterPrefixes,
  pixelType,
} from '../architectures/architecture.js';

/** Names of the model file's input and outputs. */
export const modelNames = { image: 'image', probabilities: 'probabilities', embedding: 'embedding' } as const;

/** The output of `buildEvaluationGraph`. */
export const evaluationNames = { predictions: 'predictions' } as const;

/** Writes the forward pass for crops `[batch, channels, height, width]`, as floats. */
export function writeForward(
  graph: GraphBuilder,
  architecture: Architecture,
  pixels: string,
): { readonly predictions: string; readonly embedding: string } {
  const context = { graph, training: false, batch: undefined, formulas: 'cpu' as const, mask: noMask };
  const shape = cropShape(architecture);
  const prefixes = parameterPrefixes(architecture);
  const prefixed = (prefix: string) => ({ ...context, parameter: (name: string) => prefix + name });
  const features = architecture.features.forward(prefixed(prefixes.features), pixels, shape);
  const embeddingShape = architecture.features.outputShape(shape);
  const head = architecture.head.forward(prefixed(prefixes.head), features.output, embeddingShape);
  return { predictions: objectiveOf(architecture).predictions(graph, head.output), embedding: features.output };
}

function noMask(): never {
  throw new TypeError('a mask is asked for outside training');
}

/**
 * For the trainer: input `pixels` `[batch, channels, height, width]` (crops, 0..255) and every parameter by its name; output
 * `predictions`. A network of three channels takes pictures of any size that its layers can take.
 */
export function buildEvaluationGraph(architecture: Architecture): Uint8Array {
  const graph = new GraphBuilder(`${architecture.name}-evaluation`);
  const [type, crop] = [pixelType(architecture), cropShape(architecture)];
  const isByte = type === 'uint8';
  const pixels = graph.input('pixels', type, ['batch', ...(isByte ? [crop[0]!, 'height', 'width'] : crop)]);
  for (const { name, shape } of modelParametersOf(architecture)) graph.input(name, 'float32', shape);
  const values = isByte ? graph.node('Cast', [pixels], { to: { int: 1 } }) : pixels;
  const { predictions } = writeForward(graph, architecture, values);
  const output = networkOutput(architecture).map((size, i) => (isByte && i > 0 ? `output${i}` : size));
  graph.output(graph.rename(predictions, evaluationNames.predictions), 'float32', ['batch', ...output]);
  return graph.build();
}

/**
 * The graph of a model file: input `image` uint8 `[batch, 1, height, width]`; cropping and normalisation are inside.
 * `metadata` becomes the file's metadata_props.
 */
export function buildModelGraph(
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(architecture.name);
  const { input, crop } = architecture;
  const image = graph.input(modelNames.image, 'uint8', ['batch', 1, input.height, input.width]);
  for (const { name, shape } of modelParametersOf(architecture)) {
    const data = weights.get(name);
    if (data === undefined) throw new TypeError(`buildModelGraph: no weights for '${name}'`);
    const tensor: Tensor = { dims: shape, data };
    graph.constant(tensor, name);
  }
  const [top, left] = [(input.height - crop.height) >> 1, (input.width - crop.width) >> 1];
  const isWhole = crop.height === input.height && crop.width === input.width;
  const centre = isWhole
    ? image
    : graph.node('Slice', [
        image,
        graph.integers(top, left),
        graph.integers(top + crop.height, left + crop.width),
        graph.integers(2, 3),
      ]);
  const { predictions, embedding } = writeForward(
    graph,
    architecture,
    graph.node('Cast', [centre], { to: { int: 1 } }),
  );
  const [classes = 0] = networkOutput(architecture);
  graph.output(graph.rename(predictions, modelNames.probabilities), 'float32', ['batch', classes]);
  const [features = 0] = architecture.features.outputShape(cropShape(architecture));
  graph.output(graph.rename(embedding, modelNames.embedding), 'float32', ['batch', features]);
  return graph.build(metadata);
}
