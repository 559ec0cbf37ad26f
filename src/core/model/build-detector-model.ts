// A trained detector as a file: takes pictures as bytes, normalises inside, and says of every place what is there.
import { type DetectorMetadata, detectorNames } from '../detect/places/detector-metadata.js';
import { outputChannels } from '../detect/places/places.js';
import { type Architecture, modelParametersOf } from '../nn/architectures/architecture.js';
import { writeForward } from '../nn/graphs/inference-graph.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { metadataKey } from '../onnx/metadata-key.js';

/**
 * The model file: input `image` uint8 `[batch, 3, height, width]`, RGB, sides that 32 divides; output `places` `[batch, 13, 1, places]`
 * (places.ts), scores as probabilities.
 */
export function buildDetectorModel(
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: DetectorMetadata,
): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(architecture.name);
  const image = graph.input(detectorNames.image, 'uint8', ['batch', 3, 'height', 'width']);
  for (const { name, shape } of modelParametersOf(architecture)) {
    const data = weights.get(name);
    if (data === undefined) throw new TypeError(`buildDetectorModel: no weights for '${name}'`);
    graph.constant({ dims: shape, data }, name);
  }
  const { predictions } = writeForward(graph, architecture, graph.node('Cast', [image], { to: { int: 1 } }));
  const dims = ['batch', outputChannels.count, 1, 'places'];
  graph.output(graph.rename(predictions, detectorNames.places), 'float32', dims);
  return graph.build({ [metadataKey]: JSON.stringify(metadata) });
}
