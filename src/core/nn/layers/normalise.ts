// The first layer: pixel values 0..255 to numbers that a network learns from. It is part of the graph, so that a
// model is fed the same way in training and in use.
import type { Layer } from './layer.js';

function firstLayer(kind: string, forward: Layer['forward']): Layer {
  return { kind, outputShape: (input) => input, parameters: () => [], multiplyAdds: () => 0, forward };
}

const noGradient = () => ({ input: undefined, parameters: {} });

/** Pixels times a factor; 1/255 gives 0..1. */
export function rescale(factor: number): Layer {
  return firstLayer('rescale', ({ graph }, value) => ({
    output: graph.node('Mul', [value, graph.scalar(factor)]),
    backward: noGradient,
  }));
}

/** Every picture to mean 0 and standard deviation 1, so that brightness and contrast do not matter. */
export function standardise(): Layer {
  return firstLayer('standardise', ({ graph }, value) => {
    const axes = { axes: { ints: [1, 2, 3] }, keepdims: { int: 1 } };
    const centred = graph.node('Sub', [value, graph.node('ReduceMean', [value], axes)]);
    const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred])], axes);
    // One grey level squared keeps a blank picture from dividing by zero.
    const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(1)])]);
    return { output: graph.node('Div', [centred, deviation]), backward: noGradient };
  });
}
