// Batch normalisation over batch and positions (Ioffe & Szegedy 2015).
import { ConfigError } from '../../errors.js';
import type { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Layer, Parameter } from './layer.js';

export interface BatchNormOptions {
  /** Added to the variance; default 1e-5 (Keras' default is 1e-3). */
  readonly epsilon?: number;
  /** Share of the old running statistics that stays at each step; default 0.9 (Keras' default is 0.99). */
  readonly momentum?: number;
}

/** Input and output `[channels, height, width]`; scale and shift per channel, running mean and (population) variance. */
export function batchNorm({ epsilon = 1e-5, momentum = 0.9 }: BatchNormOptions = {}): Layer {
  return {
    kind: 'batchNorm',
    outputShape: (input) => {
      if (input.length !== 3)
        throw new ConfigError(`batchNorm: the input must be [channels, height, width], not [${input}]`);
      return input;
    },
    parameters: ([channels = 0]) => {
      const one = (name: string, value: number, trainable: boolean): Parameter => ({
        name,
        shape: [channels],
        initializer: { rule: 'constant', value },
        trainable,
        l2: 0,
      });
      return [one('scale', 1, true), one('shift', 0, true), one('mean', 0, false), one('variance', 1, false)];
    },
    multiplyAdds: () => 0,
    forward: (context, value, input) => {
      const { graph } = context;
      const inputs = [value, ...['scale', 'shift', 'mean', 'variance'].map((name) => context.parameter(name))];
      if (!context.training) {
        const output = graph.node('BatchNormalization', inputs, { epsilon: { float: epsilon } });
        const backward = (): never => {
          throw new TypeError('batchNorm: no backward pass outside training');
        };
        return { output, backward };
      }
      const [output, mean, variance] =
        context.formulas === 'portable' ? byMeans(graph, inputs, epsilon) : oneOperator(graph, inputs, epsilon);
      const count = (context.batch ?? 1) * (input[1] ?? 1) * (input[2] ?? 1);
      return {
        output,
        statistics: [
          { parameter: 'mean', value: mean, momentum },
          { parameter: 'variance', value: variance, momentum },
        ],
        backward: (gradient, needsInput) =>
          backward(graph, { value, gradient, scale: inputs[1]!, mean, variance }, count, epsilon, needsInput),
      };
    },
  };
}

/** Output, mean and variance by the operator's training mode, of which only the CPU provider knows. */
function oneOperator(graph: GraphBuilder, inputs: readonly string[], epsilon: number): Normalised {
  // With the operator's own momentum at 0 its "running" outputs are the batch's statistics.
  const attributes = { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: { int: 1 } };
  return graph.nodes('BatchNormalization', inputs, 3, attributes) as [string, string, string];
}

/** The same with the batch's mean and variance in the place of the running ones. */
function byMeans(graph: GraphBuilder, [value, scale, shift]: readonly string[], epsilon: number): Normalised {
  const overPositions = (picture: string, keepdims: number): string =>
    graph.node('ReduceMean', [picture], { axes: { ints: [0, 2, 3] }, keepdims: { int: keepdims } });
  // Not the mean of squares less the square of the mean: that loses its digits where the mean is large.
  const centred = graph.node('Sub', [value!, overPositions(value!, 1)]);
  const mean = overPositions(value!, 0);
  const variance = overPositions(graph.node('Mul', [centred, centred]), 0);
  const inputs = [value!, scale!, shift!, mean, variance];
  return [graph.node('BatchNormalization', inputs, { epsilon: { float: epsilon } }), mean, variance];
}

type Normalised = readonly [output: string, mean: string, variance: string];

interface Saved {
  readonly value: string;
  readonly gradient: string;
  readonly scale: string;
  readonly mean: string;
  readonly variance: string;
}

/** The input's gradient is `a * dy + b * x + c` with per-channel numbers, so two passes over the pictures are enough. */
function backward(graph: GraphBuilder, saved: Saved, count: number, epsilon: number, needsInput: boolean) {
  const { value, gradient, scale, mean, variance } = saved;
  const op = (operator: string, ...inputs: string[]): string => graph.node(operator, inputs);
  const overPositions = (picture: string): string =>
    graph.node('ReduceSum', [picture, graph.integers(0, 2, 3)], { keepdims: { int: 0 } });
  const inverse = op('Reciprocal', op('Sqrt', op('Add', variance, graph.scalar(epsilon))));
  const shiftGradient = overPositions(gradient);
  const projected = overPositions(op('Mul', gradient, value));
  const scaleGradient = op('Mul', op('Sub', projected, op('Mul', mean, shiftGradient)), inverse);
  const parameters = { scale: scaleGradient, shift: shiftGradient };
  if (!needsInput) return { parameters, input: undefined };
  const a = op('Mul', scale, inverse);
  const b = op('Mul', op('Mul', a, inverse), op('Mul', scaleGradient, graph.scalar(-1 / count)));
  const c = op('Sub', op('Mul', op('Mul', a, shiftGradient), graph.scalar(-1 / count)), op('Mul', b, mean));
  const [zero, one] = [op('Sub', scale, scale), op('Exp', op('Sub', scale, scale))];
  // A batch normalisation with mean 0 and variance 1 is the cheapest per-channel `scale * x + shift`.
  const affine = (picture: string, factor: string, offset: string): string =>
    graph.node('BatchNormalization', [picture, factor, offset, zero, one], { epsilon: { float: 0 } });
  return { parameters, input: op('Add', affine(gradient, a, c), affine(value, b, zero)) };
}
