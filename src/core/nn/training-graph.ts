// The graph of one training step without the optimiser: forward, loss, backward. Parameters are graph inputs.
import { GraphBuilder } from '../onnx/graph-builder.js';
import { type Architecture, cropShape, network, parametersOf } from './architecture.js';
import type { Formulas, Mask, Statistic } from './layer.js';
import { softTargetCrossEntropy } from './loss.js';

export interface TrainingGraph {
  /** The .onnx bytes. */
  readonly model: Uint8Array;
  /** Inputs besides `pixels` `[batch, 1, height, width]`, `targets` `[batch, classes]` and the parameters by name. */
  readonly masks: readonly Mask[];
  /** Outputs besides `loss` and `probabilities`: parameter name -> output name. */
  readonly gradients: ReadonlyMap<string, string>;
  readonly statistics: readonly Statistic[];
}

/** Names of the graph's own inputs and outputs. */
export const trainingNames = {
  pixels: 'pixels',
  targets: 'targets',
  loss: 'loss',
  probabilities: 'probabilities',
} as const;

/** Generates the graph for one batch size; height and width are the architecture's crop. */
export function buildTrainingGraph(
  architecture: Architecture,
  batch: number,
  formulas: Formulas = 'cpu',
): TrainingGraph {
  const graph = new GraphBuilder(`${architecture.name}-step`);
  const shape = cropShape(architecture);
  const pixels = graph.input(trainingNames.pixels, 'float32', [batch, ...shape]);
  for (const { name, shape: dims } of parametersOf(architecture)) graph.input(name, 'float32', dims);
  const masks: Mask[] = [];
  const root = network(architecture);
  const pass = root.forward(
    {
      graph,
      training: true,
      formulas,
      batch,
      parameter: (name) => name,
      mask: (sample, rate) => {
        const name = `mask${masks.length}`;
        masks.push({ name, shape: sample, rate });
        return graph.input(name, 'float32', [batch, ...sample]);
      },
    },
    pixels,
    shape,
  );
  const classes = root.outputShape(shape)[0] ?? 0;
  const targets = graph.input(trainingNames.targets, 'float32', [batch, classes]);
  const { loss, probabilities, gradient } = softTargetCrossEntropy(graph, pass.output, targets, batch);
  const { parameters } = pass.backward(gradient, false);
  graph.output(graph.rename(loss, trainingNames.loss), 'float32', []);
  graph.output(graph.rename(probabilities, trainingNames.probabilities), 'float32', [batch, classes]);
  const shapes = new Map(parametersOf(architecture).map((parameter) => [parameter.name, parameter.shape]));
  for (const [name, value] of Object.entries(parameters)) graph.output(value, 'float32', shapes.get(name) ?? []);
  const statistics = pass.statistics ?? [];
  for (const { parameter, value } of statistics) graph.output(value, 'float32', shapes.get(parameter) ?? []);
  return { model: graph.build(), masks, gradients: new Map(Object.entries(parameters)), statistics };
}
