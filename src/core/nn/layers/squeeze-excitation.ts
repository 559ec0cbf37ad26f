// Squeeze-and-excitation (Hu et al. 2018): a small network looks at every channel's mean and decides how much of each
// channel to let through.
import { ConfigError } from '../../errors.js';
import { relu, sigmoid } from './activation.js';
import { dense } from './dense.js';
import type { Layer, Shape } from './layer.js';
import { globalAveragePool } from './pooling.js';
import { sequence } from './sequence.js';

export interface SqueezeExcitationOptions {
  /** The inner layer has `channels / reduction` units, at least 1; default 8. */
  readonly reduction?: number;
  /** L2 penalty on the two weights; default 0. */
  readonly l2?: number;
}

/** `x * sigmoid(W2 relu(W1 mean(x)))`, one factor per picture and channel. Input and output `[channels, height, width]`. */
export function squeezeExcitation({ reduction = 8, l2 = 0 }: SqueezeExcitationOptions = {}): Layer {
  const gateFor = ([channels = 0]: Shape): Layer =>
    sequence(
      globalAveragePool(),
      dense({ units: Math.max(1, Math.round(channels / reduction)), l2, initializer: 'he-normal' }),
      relu(),
      dense({ units: channels, l2 }),
      sigmoid(),
    );
  return {
    kind: 'squeezeExcitation',
    outputShape: (input) => {
      if (input.length !== 3) {
        throw new ConfigError(`squeezeExcitation: the input must be [channels, height, width], not [${input}]`);
      }
      return input;
    },
    parameters: (input) => gateFor(input).parameters(input),
    multiplyAdds: (input) => gateFor(input).multiplyAdds(input),
    forward: (context, value, input) => {
      const { graph, batch } = context;
      const gate = gateFor(input).forward(context, value, input);
      const channels = input[0] ?? 0;
      const factors = graph.node('Reshape', [gate.output, graph.integers(batch ?? -1, channels, 1, 1)]);
      return {
        output: graph.node('Mul', [value, factors]),
        backward: (gradient, needsInput) => {
          const product = graph.node('Mul', [gradient, value]);
          const ofGate = graph.node('ReduceSum', [product, graph.integers(2, 3)], { keepdims: { int: 0 } });
          const { input: throughMeans, parameters } = gate.backward(ofGate, needsInput);
          if (throughMeans === undefined) return { input: undefined, parameters };
          return { input: graph.node('Add', [graph.node('Mul', [gradient, factors]), throughMeans]), parameters };
        },
      };
    },
  };
}
