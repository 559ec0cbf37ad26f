// A feature pyramid (Lin et al. 2017): what coarse levels know is added to the finer ones. Itself a layer; its levels
// come out as one row of places, so that one head can look at all of them. Parameters are named `stage<level>/...` and
// `level<level>/...`, from the finest level on.
import { ConfigError } from '../../errors.js';
import { elements, type ForwardPass, type Layer, type Shape } from './layer.js';
import { prefixed } from './prefixed.js';
import { upSample2d } from './up-sample2d.js';

export interface PyramidLevel {
  /** Makes the level's features out of those of the level before; the first, out of the layer's input. */
  readonly stage: Layer;
  /** Takes the sum of the stage's features and the coarser level's output, doubled in height and width. */
  readonly merge: Layer;
}

/** Height and width of every level, finest first, for an input of the given shape. */
export function pyramidSizes(levels: readonly PyramidLevel[], input: Shape): Shape[] {
  let shape = input;
  return levels.map(({ stage, merge }) => {
    shape = stage.outputShape(shape);
    return merge.outputShape(shape);
  });
}

/**
 * `[channels, height, width]` to `[channels', 1, places]`: the positions of the first level row by row, then of the next.
 * Throws ConfigError unless each level has half the height and width of the one before and as many channels.
 */
export function featurePyramid(levels: readonly PyramidLevel[]): Layer {
  const parts = levels.map(({ stage, merge }, i) => ({
    stage: prefixed(`stage${i}/`, stage),
    merge: prefixed(`level${i}/`, merge),
  }));
  const up = upSample2d();
  /** What goes into each stage and each merge. */
  const inputsOf = (input: Shape): { stage: Shape; merge: Shape }[] => {
    let shape = input;
    return levels.map(({ stage }) => {
      const before = shape;
      shape = stage.outputShape(shape);
      return { stage: before, merge: shape };
    });
  };
  const outputsOf = (input: Shape): Shape[] => {
    const shapes = pyramidSizes(levels, input);
    const merges = inputsOf(input).map(({ merge }) => merge);
    for (let i = 1; i < shapes.length; i++) {
      const doubled = up.outputShape(shapes[i]!);
      if (doubled.join() === merges[i - 1]!.join()) continue;
      throw new ConfigError(
        `featurePyramid: level ${i} must give half of [${merges[i - 1]}] with as many channels, not [${shapes[i]}]; take an input that all strides divide`,
      );
    }
    return shapes;
  };
  return {
    kind: 'featurePyramid',
    outputShape: (input) => {
      const shapes = outputsOf(input);
      const channels = shapes[0]?.[0] ?? 0;
      return [channels, 1, shapes.reduce((sum, shape) => sum + elements(shape) / channels, 0)];
    },
    parameters: (input) => {
      const inputs = inputsOf(input);
      return parts.flatMap(({ stage, merge }, i) => [
        ...stage.parameters(inputs[i]!.stage),
        ...merge.parameters(inputs[i]!.merge),
      ]);
    },
    multiplyAdds: (input) => {
      const inputs = inputsOf(input);
      return parts.reduce(
        (sum, { stage, merge }, i) => sum + stage.multiplyAdds(inputs[i]!.stage) + merge.multiplyAdds(inputs[i]!.merge),
        0,
      );
    },
    forward: (context, value, input) => {
      const { graph, batch } = context;
      const inputs = inputsOf(input);
      const shapes = outputsOf(input);
      const stages: ForwardPass[] = [];
      parts.forEach(({ stage }, i) => {
        stages.push(stage.forward(context, stages[i - 1]?.output ?? value, inputs[i]!.stage));
      });
      const merges: ForwardPass[] = [];
      const ups: ForwardPass[] = [];
      for (let i = parts.length - 1; i >= 0; i--) {
        const own = stages[i]!.output;
        const coarser = merges[i + 1];
        if (coarser !== undefined) ups[i] = up.forward(context, coarser.output, shapes[i + 1]!);
        const sum = coarser === undefined ? own : graph.node('Add', [own, ups[i]!.output]);
        merges[i] = parts[i]!.merge.forward(context, sum, inputs[i]!.merge);
      }
      const channels = shapes[0]?.[0] ?? 0;
      const row = graph.integers(batch ?? 0, channels, 1, -1);
      const rows = merges.map(({ output }) => graph.node('Reshape', [output, row]));
      return {
        output: graph.node('Concat', rows, { axis: { int: 3 } }),
        statistics: [...stages, ...merges].flatMap(({ statistics = [] }) => statistics),
        backward: (gradient, needsInput) => {
          const places = shapes.map((shape) => elements(shape) / channels);
          const pieces = graph.nodes('Split', [gradient, graph.integers(...places)], places.length, {
            axis: { int: 3 },
          });
          const parameters: Record<string, string> = {};
          const through = (pass: ForwardPass, upstream: string, isAsked = true): string => {
            const result = pass.backward(upstream, isAsked);
            Object.assign(parameters, result.parameters);
            return result.input!;
          };
          // From the finest level to the coarsest: each has the gradient of its own output and of the finer level's sum.
          const sums: string[] = [];
          shapes.forEach((shape, i) => {
            const own = graph.node('Reshape', [pieces[i]!, graph.integers(batch ?? 0, ...shape)]);
            const finer = i === 0 ? undefined : through(ups[i - 1]!, sums[i - 1]!);
            sums.push(through(merges[i]!, finer === undefined ? own : graph.node('Add', [own, finer])));
          });
          let above: string | undefined;
          for (let i = stages.length - 1; i >= 0; i--) {
            const upstream = above === undefined ? sums[i]! : graph.node('Add', [sums[i]!, above]);
            above = through(stages[i]!, upstream, i > 0 || needsInput);
          }
          return { input: needsInput ? above : undefined, parameters };
        },
      };
    },
  };
}
