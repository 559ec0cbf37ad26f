// Layers inside another layer: each one's parameters and running statistics carry its prefix.
import type { ForwardPass, Gradients, GraphContext, Layer, Parameter, Shape, Statistic } from './layer.js';

/** `layer`, its names beginning with `prefix`. */
export function prefixed(prefix: string, layer: Layer): Layer {
  return {
    ...layer,
    parameters: (input: Shape): readonly Parameter[] =>
      layer.parameters(input).map((parameter) => ({ ...parameter, name: prefix + parameter.name })),
    forward: (context: GraphContext, value: string, input: Shape): ForwardPass => {
      const inner = { ...context, parameter: (name: string) => context.parameter(prefix + name) };
      const pass = layer.forward(inner, value, input);
      return {
        output: pass.output,
        statistics: (pass.statistics ?? []).map(
          (statistic): Statistic => ({ ...statistic, parameter: prefix + statistic.parameter }),
        ),
        backward: (gradient, needsInput): Gradients => {
          const { input: ofInput, parameters } = pass.backward(gradient, needsInput);
          const named = Object.entries(parameters).map(([name, value]) => [prefix + name, value]);
          return { input: ofInput, parameters: Object.fromEntries(named) };
        },
      };
    },
  };
}
