// The loss of a detector: focal loss for scores, EIoU for boxes, smooth L1 for key points. Which place answers for which
// face, and how much it counts, comes with the targets (assign-targets.ts); a weight of 0 leaves a place out.

import { outputChannels, pointNames, targetChannels } from '../../detect/places/places.js';
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import { elements, type Shape } from '../layers/layer.js';
import type { Loss } from './loss.js';
import type { Objective } from './objective.js';

/** Below this many strides an error of a point counts by its square. */
const smoothBelow = 1;

/**
 * Outputs `[13, 1, places]`, targets `[16, 1, places]` (places.ts); probabilities are the scores, `[1, 1, places]`. Predictions
 * are the outputs with the score as a probability.
 */
export const detection: Objective = {
  targets: ([, ...places]) => [targetChannels.count, ...places],
  probabilities: ([, ...places]) => [1, ...places],
  loss: detectionLoss,
  examples,
  predictions: (graph, output) => {
    const [score, rest] = split(graph, output, [1, outputChannels.count - 1]);
    return graph.node('Concat', [graph.node('Sigmoid', [score!]), rest!], { axis: { int: 1 } });
  },
};

/** Every third place is a face of two strides. */
function examples([, ...places]: Shape, size: number): Float32Array {
  const count = elements(places);
  const targets = new Float32Array(size * targetChannels.count * count);
  const { score, scoreWeight, edges, boxWeight, points, pointsWeight } = targetChannels;
  for (let sample = 0; sample < size; sample++) {
    const set = (channel: number, place: number, value: number): void => {
      targets[(sample * targetChannels.count + channel) * count + place] = value;
    };
    for (let place = 0; place < count; place++) {
      set(scoreWeight, place, 1);
      if (place % 3 > 0) continue;
      for (const channel of [score, boxWeight, pointsWeight]) set(channel, place, 1);
      [-1, -1, 1, 1].forEach((edge, i) => {
        set(edges + i, place, edge);
      });
      for (let i = 0; i < 2 * pointNames.length; i++) set(points + i, place, (i % 3) / 3);
    }
  }
  return targets;
}

function detectionLoss(graph: GraphBuilder, output: string, targets: string, batch: number): Loss {
  const pointValues = 2 * pointNames.length;
  const [logit, x, y, logWidth, logHeight, points] = split(graph, output, [1, 1, 1, 1, 1, pointValues]);
  const told = split(graph, targets, [1, 1, 1, 1, 1, 1, 1, pointValues, 1]);
  const [score, scoreWeight, left, top, right, bottom, boxWeight, truePoints, pointsWeight] = told;
  const scores = focalLoss(graph, logit!, score!);
  const boxes = eiouLoss(graph, [x!, y!, logWidth!, logHeight!], [left!, top!, right!, bottom!]);
  const distances = smoothDistance(graph, points!, truePoints!);
  const share = graph.scalar(1 / batch);
  const weighted = [
    { ...scores, weight: scoreWeight! },
    { ...boxes, weight: boxWeight! },
    { ...distances, weight: pointsWeight! },
  ].map(({ values, gradients, weight }) => ({
    sum: graph.node('ReduceSum', [graph.node('Mul', [values, weight])], { keepdims: { int: 0 } }),
    gradients: gradients.map((each) => graph.node('Mul', [each, graph.node('Mul', [weight, share])])),
  }));
  const total = weighted.map(({ sum }) => sum).reduce((sum, each) => graph.node('Add', [sum, each]));
  return {
    loss: graph.node('Mul', [total, share]),
    probabilities: scores.probability,
    gradient: graph.node(
      'Concat',
      weighted.flatMap(({ gradients }) => gradients),
      { axis: { int: 1 } },
    ),
  };
}

function split(graph: GraphBuilder, value: string, channels: readonly number[]): string[] {
  return graph.nodes('Split', [value, graph.integers(...channels)], channels.length, { axis: { int: 1 } });
}

/** A loss per place, and its gradients with respect to what it was given. */
interface PlaceLoss {
  readonly values: string;
  readonly gradients: readonly string[];
}

/** `(target - p)^2` times the cross-entropy of `p = sigmoid(logit)`: the focal loss (Lin et al. 2017) with gamma 2, also for targets between 0 and 1 (Li et al. 2020). */
function focalLoss(graph: GraphBuilder, logit: string, target: string): PlaceLoss & { readonly probability: string } {
  const op = (operator: string, ...inputs: string[]): string => graph.node(operator, inputs);
  const p = op('Sigmoid', logit);
  // log(1 + exp(x)) - target * x, which loses nothing for large x.
  const softplus = op('Add', op('Relu', logit), op('Softplus', op('Neg', op('Abs', logit))));
  const entropy = op('Sub', softplus, op('Mul', target, logit));
  const apart = op('Sub', p, target);
  const square = op('Mul', apart, apart);
  const slope = op('Mul', p, op('Sub', graph.scalar(1), p));
  const ofSquare = op('Mul', op('Mul', graph.scalar(2), op('Mul', apart, slope)), entropy);
  const gradient = op('Add', ofSquare, op('Mul', square, apart));
  return { values: op('Mul', square, entropy), gradients: [gradient], probability: p };
}

/**
 * `1 - IoU` plus the squared distances of the centres (over the squared diagonal of the box around both), of the widths and of
 * the heights (over that box' own), as in Zhang et al. 2021. Predicted: centre x and y, logarithms of width and height; true:
 * left, top, right, bottom. Gradients in the order of the predicted values.
 */
function eiouLoss(graph: GraphBuilder, predicted: readonly string[], edges: readonly string[]): PlaceLoss {
  const op = (operator: string, ...inputs: string[]): string => graph.node(operator, inputs);
  const mul = (...factors: string[]): string => factors.reduce((product, each) => op('Mul', product, each));
  const add = (...terms: string[]): string => terms.reduce((sum, each) => op('Add', sum, each));
  const [half, two, minusTwo] = [graph.scalar(0.5), graph.scalar(2), graph.scalar(-2)];
  const [left, top, right, bottom] = edges as [string, string, string, string];
  const along = [
    { centre: predicted[0]!, logSize: predicted[2]!, low: left, high: right },
    { centre: predicted[1]!, logSize: predicted[3]!, low: top, high: bottom },
  ].map(({ centre, logSize, low, high }) => {
    // No face is e^6 strides wide; without the limit one wild place would make the loss infinite.
    const size = op('Exp', graph.node('Clip', [logSize, graph.scalar(-6), graph.scalar(6)]));
    const halfSize = mul(size, half);
    const [ownLow, ownHigh] = [op('Sub', centre, halfSize), op('Add', centre, halfSize)];
    const trueSize = op('Sub', high, low);
    const overlap = op('Relu', op('Sub', op('Min', ownHigh, high), op('Max', ownLow, low)));
    const around = op('Sub', op('Max', ownHigh, high), op('Min', ownLow, low));
    const isAbove = (a: string, b: string): string => positive(graph, op('Sub', a, b));
    return {
      ...{ size, trueSize, overlap, around },
      offCentre: op('Sub', centre, mul(add(low, high), half)),
      offSize: op('Sub', size, trueSize),
      hasOverlap: positive(graph, overlap),
      /** Whether the true box ends first: then the own edge is one of the box around both, and else of the overlap. */
      isLowOutside: isAbove(low, ownLow),
      isHighOutside: isAbove(ownHigh, high),
    };
  });
  const [h, v] = along as [(typeof along)[0], (typeof along)[0]];
  const shared = mul(h.overlap, v.overlap);
  const union = op('Sub', add(mul(h.size, v.size), mul(h.trueSize, v.trueSize)), shared);
  const overlapRatio = op('Div', shared, union);
  const diagonal = add(mul(h.around, h.around), mul(v.around, v.around));
  const distance = add(mul(h.offCentre, h.offCentre), mul(v.offCentre, v.offCentre));
  const squareRatio = (off: string, whole: string): string => {
    const ratio = op('Div', off, whole);
    return mul(ratio, ratio);
  };
  const sizes = [h, v].map(({ offSize, around }) => squareRatio(offSize, around));
  const values = add(op('Sub', graph.scalar(1), overlapRatio), op('Div', distance, diagonal), ...sizes);
  const inverseUnion = op('Reciprocal', union);
  // The union grows with the own area and shrinks with the overlap.
  const ofArea = mul(overlapRatio, inverseUnion);
  const ofOverlap = op('Neg', add(inverseUnion, ofArea));
  const inverseDiagonal = op('Reciprocal', diagonal);
  const ofDiagonal = op('Neg', mul(distance, inverseDiagonal, inverseDiagonal));
  const gradients = [h, v].map((axis, i) => {
    const other = [v, h][i]!;
    const ofOwnOverlap = mul(ofOverlap, other.overlap, axis.hasOverlap);
    const ofAround = add(mul(ofDiagonal, two, axis.around), op('Div', mul(minusTwo, sizes[i]!), axis.around));
    const inside = (isOutside: string): string => op('Sub', graph.scalar(1), isOutside);
    const ofHigh = add(mul(ofOwnOverlap, inside(axis.isHighOutside)), mul(ofAround, axis.isHighOutside));
    const ofLow = op('Neg', add(mul(ofOwnOverlap, inside(axis.isLowOutside)), mul(ofAround, axis.isLowOutside)));
    const ofCentre = add(ofHigh, ofLow, mul(two, axis.offCentre, inverseDiagonal));
    const ofSize = add(
      mul(half, op('Sub', ofHigh, ofLow)),
      mul(ofArea, other.size),
      op('Div', mul(two, axis.offSize), mul(axis.around, axis.around)),
    );
    return { ofCentre, ofLogSize: mul(ofSize, axis.size) };
  });
  return {
    values,
    gradients: [...gradients.map(({ ofCentre }) => ofCentre), ...gradients.map(({ ofLogSize }) => ofLogSize)],
  };
}

/** 1 where a value is above 0, else 0: this steep sigmoid is far cheaper than a comparison and a cast. */
function positive(graph: GraphBuilder, value: string): string {
  return graph.node('HardSigmoid', [value], { alpha: { float: 1e38 }, beta: { float: 0 } });
}

/** Smooth L1 (Girshick 2015) of every coordinate. */
function smoothDistance(graph: GraphBuilder, found: string, expected: string): PlaceLoss {
  const op = (operator: string, ...inputs: string[]): string => graph.node(operator, inputs);
  const off = op('Sub', found, expected);
  const limited = graph.node('Clip', [off, graph.scalar(-smoothBelow), graph.scalar(smoothBelow)]);
  // c * (x - c / 2) is x^2 / 2 within the limits and |x| - 1/2 outside, where c is x held within them.
  const values = op('Mul', limited, op('Sub', off, op('Mul', limited, graph.scalar(0.5))));
  return { values, gradients: [limited] };
}
