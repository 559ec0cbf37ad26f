// Branches side by side: each takes the same input, and their channels are put one after the other. Itself a layer;
// parameters are named `<index>-<kind>/...`.
import { ConfigError } from '../../errors.js';
import type { Layer, Shape } from './layer.js';
import { prefixed } from './prefixed.js';

/** `[channels, height, width]` to `[sum of the branches' channels, height', width']`. Throws ConfigError for branches of different sizes. */
export function channelConcat(...layers: readonly Layer[]): Layer {
  const branches = layers.map((layer, index) => prefixed(`${index}-${layer.kind}/`, layer));
  const shapesOf = (input: Shape): Shape[] => branches.map((branch) => branch.outputShape(input));
  return {
    kind: 'channelConcat',
    outputShape: (input) => {
      const shapes = shapesOf(input);
      const [, ...size] = shapes[0] ?? [];
      if (shapes.some(([, ...other]) => other.join() !== size.join())) {
        const found = shapes.map((shape) => `[${shape}]`).join(' and ');
        throw new ConfigError(`channelConcat: all branches must give the same height and width, not ${found}`);
      }
      return [shapes.reduce((sum, [channels = 0]) => sum + channels, 0), ...size];
    },
    parameters: (input) => branches.flatMap((branch) => branch.parameters(input)),
    multiplyAdds: (input) => branches.reduce((sum, branch) => sum + branch.multiplyAdds(input), 0),
    forward: (context, value, input) => {
      const { graph } = context;
      const passes = branches.map((branch) => branch.forward(context, value, input));
      const outputs = passes.map(({ output }) => output);
      return {
        output: graph.node('Concat', outputs, { axis: { int: 1 } }),
        statistics: passes.flatMap(({ statistics = [] }) => statistics),
        backward: (gradient, needsInput) => {
          const channels = graph.integers(...shapesOf(input).map(([count = 0]) => count));
          const parts = graph.nodes('Split', [gradient, channels], passes.length, { axis: { int: 1 } });
          const results = passes.map((pass, i) => pass.backward(parts[i]!, needsInput));
          const inputs = results.flatMap(({ input: each }) => (each === undefined ? [] : [each]));
          return {
            input: needsInput ? inputs.reduce((sum, each) => graph.node('Add', [sum, each])) : undefined,
            parameters: Object.assign({}, ...results.map(({ parameters }) => parameters)),
          };
        },
      };
    },
  };
}
