// The sum of a branch and a shortcut around it (He et al. 2016); itself a layer. Parameters are named `main/...` and
// `shortcut/...`.
import { ConfigError } from '../../errors.js';
import type { Layer, Shape } from './layer.js';
import { prefixed } from './prefixed.js';
import { sequence } from './sequence.js';

/**
 * `main(x) + shortcut(x)`. The shortcut is the identity by default; where `main` changes the number of channels, give a
 * 1x1 convolution and batch norm. Throws ConfigError when the two do not end in the same shape.
 */
export function residualSum(main: Layer, shortcut: Layer = sequence()): Layer {
  const branches = [prefixed('main/', main), prefixed('shortcut/', shortcut)];
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
    parameters: (input) => branches.flatMap((branch) => branch.parameters(input)),
    multiplyAdds: (input) => branches.reduce((sum, branch) => sum + branch.multiplyAdds(input), 0),
    forward: (context, value, input) => {
      const { graph } = context;
      const passes = branches.map((branch) => branch.forward(context, value, input));
      return {
        output: graph.node(
          'Add',
          passes.map(({ output }) => output),
        ),
        statistics: passes.flatMap(({ statistics = [] }) => statistics),
        backward: (gradient, needsInput) => {
          const gradients = passes.map((pass) => pass.backward(gradient, needsInput));
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
