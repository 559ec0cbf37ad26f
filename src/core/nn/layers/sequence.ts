// Layers one after the other; itself a layer. Parameters are named `<index><kind>/<name>`.
import type { ForwardPass, GraphContext, Layer, Parameter, Shape, Statistic } from './layer.js';

/** Runs `layers` in order. */
export function sequence(...layers: readonly Layer[]): Layer {
  const parts = layers.map((layer, index) => ({ layer, prefix: `${index}-${layer.kind}/` }));
  const walk = (input: Shape, visit: (part: (typeof parts)[number], input: Shape) => void): Shape => {
    let shape = input;
    for (const part of parts) {
      visit(part, shape);
      shape = part.layer.outputShape(shape);
    }
    return shape;
  };
  return {
    kind: 'sequence',
    outputShape: (input) => walk(input, () => {}),
    parameters: (input) => {
      const all: Parameter[] = [];
      walk(input, ({ layer, prefix }, shape) => {
        for (const parameter of layer.parameters(shape)) all.push({ ...parameter, name: prefix + parameter.name });
      });
      return all;
    },
    multiplyAdds: (input) => {
      let sum = 0;
      walk(input, ({ layer }, shape) => {
        sum += layer.multiplyAdds(shape);
      });
      return sum;
    },
    forward: (context, value, input) => {
      const passes: { pass: ForwardPass; prefix: string }[] = [];
      const statistics: Statistic[] = [];
      // Before the first layer with parameters no gradient is of use.
      let firstTrained = parts.length;
      let output = value;
      walk(input, ({ layer, prefix }, shape) => {
        const inner: GraphContext = { ...context, parameter: (name) => context.parameter(prefix + name) };
        const pass = layer.forward(inner, output, shape);
        if (layer.parameters(shape).length > 0) firstTrained = Math.min(firstTrained, passes.length);
        for (const s of pass.statistics ?? []) statistics.push({ ...s, parameter: prefix + s.parameter });
        passes.push({ pass, prefix });
        output = pass.output;
      });
      return {
        output,
        statistics,
        backward: (outputGradient, needsInput) => {
          const parameters: Record<string, string> = {};
          let gradient: string | undefined = outputGradient;
          for (let index = passes.length - 1; index >= 0 && gradient !== undefined; index--) {
            const { pass, prefix } = passes[index]!;
            const result = pass.backward(gradient, needsInput || index > firstTrained);
            for (const [name, g] of Object.entries(result.parameters)) parameters[prefix + name] = g;
            gradient = result.input;
          }
          return { input: gradient, parameters };
        },
      };
    },
  };
}
