// The sum of a branch and a shortcut around it (He et al. 2016); itself a layer. Parameters are named `main/...` and
// `shortcut/...`.
import { ConfigError } from '../../errors.js';
import type { ForwardPass, Gradients, Layer, Shape } from './layer.js';
import { sequence } from './sequence.js';

/**
 * `main(x) + shortcut(x)`. The shortcut is the identity by default; where `main` changes the number of channels, give a
 * 1x1 convolution and batch norm. Throws ConfigError when the two do not end in the same shape.
 */
export function residualSum(main: Layer, shortcut: Layer = sequence()): Layer {
  const branches = [
    { layer: main, prefix: 'main/' },
    { layer: shortcut, prefix: 'shortcut/' },
  ];
  const outputShape = (input: Shape): Shape => {
    const [output, around] = [main.outputShape(input), shortcut.outputShape(input)];
    if (output.join() !== around.join()) {
      throw new ConfigError(
        `residualSum: both branches must give the same shape, not [${output}] and [${around}]; give the shortcut a 1x1 convolution`,
      );
    }
    return output;
  };
  return {
    kind: 'residualSum',
    outputShape,
    parameters: (input) =>
      branches.flatMap(({ layer, prefix }) =>
        layer.parameters(input).map((parameter) => ({ ...parameter, name: prefix + parameter.name })),
      ),
    multiplyAdds: (input) => branches.reduce((sum, { layer }) => sum + layer.multiplyAdds(input), 0),
    forward: (context, value, input) => {
      const { graph } = context;
      const passes = branches.map(({ layer, prefix }) => ({
        prefix,
        pass: layer.forward({ ...context, parameter: (name) => context.parameter(prefix + name) }, value, input),
      }));
      return {
        output: graph.node(
          'Add',
          passes.map(({ pass }) => pass.output),
        ),
        statistics: passes.flatMap(({ pass, prefix }) =>
          (pass.statistics ?? []).map((s) => ({ ...s, parameter: prefix + s.parameter })),
        ),
        backward: (gradient, needsInput) => {
          const gradients = passes.map(({ pass, prefix }) => prefixed(pass, prefix, gradient, needsInput));
          const inputs = gradients.flatMap(({ input: each }) => (each === undefined ? [] : [each]));
          return {
            input: needsInput ? graph.node('Add', inputs) : undefined,
            parameters: Object.assign({}, ...gradients.map(({ parameters }) => parameters)),
          };
        },
      };
    },
  };
}

function prefixed(pass: ForwardPass, prefix: string, gradient: string, needsInput: boolean): Gradients {
  const { input, parameters } = pass.backward(gradient, needsInput);
  return { input, parameters: Object.fromEntries(Object.entries(parameters).map(([name, g]) => [prefix + name, g])) };
}
