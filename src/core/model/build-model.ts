// The model file of a trained network: its graph for use, and what it says about itself.
import type { Architecture } from '../nn/architectures/architecture.js';
import { buildModelGraph } from '../nn/graphs/inference-graph.js';
import { metadataKey } from '../onnx/metadata-key.js';
import type { ModelMetadata } from './model-metadata.js';

/** The bytes of an .onnx file: input `image` uint8 `[batch, 1, height, width]`; outputs `probabilities` and `embedding`. */
export function buildModel(
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: ModelMetadata,
): Uint8Array<ArrayBuffer> {
  return buildModelGraph(architecture, weights, { [metadataKey]: JSON.stringify(metadata) });
}
