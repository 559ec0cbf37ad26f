// The beginning of a model's graph: the nodes that make the network's own pixels of the picture.

import { modelNames } from '../nn/graphs/inference-graph.js';
import type { OnnxNode } from '../onnx/onnx-model.js';
import type { ExpressionModelFile } from './read-expression-model.js';

/** Pixels. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

export interface PictureFront {
  /** They take the picture's centre and turn it into floats. */
  readonly nodes: readonly OnnxNode[];
  /** The values in which they end, `[batch, 1, view height, view width]`, 0..255. */
  readonly pixels: readonly string[];
  /** The central part of the picture that the network sees. */
  readonly view: PictureSize;
}

/** Undefined for a graph that does not begin as moodlens writes it, and for an ensemble whose networks see different parts. */
export function readPictureFront({ graph, metadata }: ExpressionModelFile): PictureFront | undefined {
  const { input } = metadata;
  const integers = new Map<string | undefined, number[]>();
  for (const { name, data } of graph.initializers) {
    if (data instanceof BigInt64Array) integers.set(name, Array.from(data, Number));
  }
  const views = new Map<string | undefined, PictureSize>([[modelNames.image, input]]);
  const slices = graph.nodes.filter(({ operator, inputs }) => operator === 'Slice' && inputs[0] === modelNames.image);
  for (const { inputs, outputs } of slices) {
    const [from, to, axes] = inputs.slice(1).map((name) => integers.get(name) ?? []);
    const [height, width] = [(to?.[0] ?? 0) - (from?.[0] ?? 0), (to?.[1] ?? 0) - (from?.[1] ?? 0)];
    const centre = [(input.height - height) >> 1, (input.width - width) >> 1];
    if (axes?.join() !== '2,3' || from?.join() !== centre.join()) return undefined;
    views.set(outputs[0], { height, width });
  }
  const casts = graph.nodes.filter(({ operator, inputs }) => operator === 'Cast' && views.has(inputs[0]));
  const nodes = [...slices, ...casts];
  const isOnlyFront = graph.nodes.every((node) => nodes.includes(node) || !node.inputs.some((name) => views.has(name)));
  const seen = casts.map(({ inputs }) => views.get(inputs[0])!);
  const view = seen[0];
  if (view === undefined || !isOnlyFront) return undefined;
  if (seen.some(({ height, width }) => height !== view.height || width !== view.width)) return undefined;
  return { nodes, pixels: casts.map(({ outputs }) => outputs[0]!), view };
}
