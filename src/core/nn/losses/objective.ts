// What a network is trained for: the form of its targets, and the loss between them and what it says.
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Shape } from '../layers/layer.js';
import { type Loss, softTargetCrossEntropy } from './loss.js';

export interface Objective {
  /** Shape of one sample's targets, for a network whose output has the given shape. */
  targets(output: Shape): Shape;
  /** Shape of one sample's probabilities. */
  probabilities(output: Shape): Shape;
  /** Writes the loss of `[batch, ...output]` against `[batch, ...targets]`: a sum over samples divided by their number. */
  loss(graph: GraphBuilder, output: string, targets: string, batch: number): Loss;
  /** Targets of all kinds for `size` samples, to check or time an engine without data. */
  examples(output: Shape, size: number): Float32Array;
  /** Writes what the network predicts, `[batch, ...predictions]`, out of its output, for validation. */
  predictions(graph: GraphBuilder, output: string): string;
}

/** One class a sample: softmax cross-entropy against soft targets; predictions are the classes' probabilities. */
export const classification: Objective = {
  targets: (output) => output,
  probabilities: (output) => output,
  loss: softTargetCrossEntropy,
  examples: ([classes = 0], size) => oneOfEach(classes, size),
  predictions: (graph, output) => graph.node('Softmax', [output], { axis: { int: 1 } }),
};

/** `[size, count]`: each of `count` kinds in turn, as 1 among zeros. */
export function oneOfEach(count: number, size: number): Float32Array {
  return Float32Array.from({ length: size * count }, (_, i) => (i % count === Math.floor(i / count) % count ? 1 : 0));
}
