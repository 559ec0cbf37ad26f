// Softmax cross-entropy against soft targets: label smoothing, mixup, votes and distillation all arrive as targets.
import type { GraphBuilder } from '../../onnx/graph-builder.js';

export interface Loss {
  /** Scalar: the batch's mean of `-sum(targets * log softmax(logits))`. */
  readonly loss: string;
  /** `[batch, classes]`. */
  readonly probabilities: string;
  /** The loss' gradient with respect to the logits, `[batch, classes]`. */
  readonly gradient: string;
}

/** Logits and targets are `[batch, classes]`; a row of targets sums to the weight of its sample. */
export function softTargetCrossEntropy(graph: GraphBuilder, logits: string, targets: string, batch: number): Loss {
  const logProbabilities = graph.node('LogSoftmax', [logits], { axis: { int: 1 } });
  const probabilities = graph.node('Exp', [logProbabilities]);
  const sum = graph.node('ReduceSum', [graph.node('Mul', [targets, logProbabilities])], { keepdims: { int: 0 } });
  const weights = graph.node('ReduceSum', [targets, graph.integers(1)], { keepdims: { int: 1 } });
  const expected = graph.node('Mul', [weights, probabilities]);
  return {
    loss: graph.node('Mul', [sum, graph.scalar(-1 / batch)]),
    probabilities,
    gradient: graph.node('Mul', [graph.node('Sub', [expected, targets]), graph.scalar(1 / batch)]),
  };
}
