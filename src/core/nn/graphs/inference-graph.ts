// The same network for use: as the trainer's own check (parameters are inputs) and as the model file (weights inside,
// uint8 pictures in, probabilities and embedding out).

import { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Tensor } from '../../ports/session.js';
import { type Architecture, cropShape, modelParametersOf, parameterPrefixes } from '../architectures/architecture.js';

/** Names of the model file's input and outputs. */
export const modelNames = { image: 'image', probabilities: 'probabilities', embedding: 'embedding' } as const;

/** Writes the forward pass for crops `[batch, 1, height, width]`; returns the graph values of probabilities and embedding. */
function writeForward(graph: GraphBuilder, architecture: Architecture, pixels: string) {
  const context = { graph, training: false, batch: undefined, formulas: 'cpu' as const, mask: noMask };
  const shape = cropShape(architecture);
  const prefixes = parameterPrefixes(architecture);
  const prefixed = (prefix: string) => ({ ...context, parameter: (name: string) => prefix + name });
  const features = architecture.features.forward(prefixed(prefixes.features), pixels, shape);
  const embeddingShape = architecture.features.outputShape(shape);
  const head = architecture.head.forward(prefixed(prefixes.head), features.output, embeddingShape);
  const classes = architecture.head.outputShape(embeddingShape)[0] ?? 0;
  const probabilities = graph.node('Softmax', [head.output], { axis: { int: 1 } });
  graph.output(graph.rename(probabilities, modelNames.probabilities), 'float32', ['batch', classes]);
  graph.output(graph.rename(features.output, modelNames.embedding), 'float32', ['batch', embeddingShape[0] ?? 0]);
}

function noMask(): never {
  throw new TypeError('a mask is asked for outside training');
}

/** For the trainer: input `pixels` float32 `[batch, 1, height, width]` (crops, 0..255) and every parameter by its name. */
export function buildEvaluationGraph(architecture: Architecture): Uint8Array {
  const graph = new GraphBuilder(`${architecture.name}-evaluation`);
  const pixels = graph.input('pixels', 'float32', ['batch', ...cropShape(architecture)]);
  for (const { name, shape } of modelParametersOf(architecture)) graph.input(name, 'float32', shape);
  writeForward(graph, architecture, pixels);
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
  writeForward(graph, architecture, graph.node('Cast', [centre], { to: { int: 1 } }));
  return graph.build(metadata);
}
