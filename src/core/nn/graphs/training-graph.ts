// The graph of one training step without the optimiser: forward, loss, backward. Parameters are graph inputs.
import { GraphBuilder } from '../../onnx/graph-builder.js';
import {
  type Architecture,
  cropShape,
  networkOutput,
  objectiveOf,
  parameterPrefixes,
  parametersOf,
  pixelType,
} from '../architectures/architecture.js';
import type { Formulas, Gradients, GraphContext, Layer, Mask, Shape, Statistic } from '../layers/layer.js';
import { softTargetCrossEntropy } from '../losses/loss.js';

export interface TrainingGraph {
  /** The .onnx bytes. */
  readonly model: Uint8Array;
  /** Inputs besides `pixels` `[batch, channels, height, width]`, `targets` (objective.ts) and the parameters by name. */
  readonly masks: readonly Mask[];
  /** Outputs besides `loss` and `probabilities`: parameter name -> output name. */
  readonly gradients: ReadonlyMap<string, string>;
  readonly statistics: readonly Statistic[];
}

/** Names of the graph's own inputs and outputs. */
export const trainingNames = {
  pixels: 'pixels',
  targets: 'targets',
  /** Only with an auxiliary head: `[batch, kinds]`; a row sums to the weight of the auxiliary loss. */
  votes: 'votes',
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
  const type = pixelType(architecture);
  const pixels = graph.input(trainingNames.pixels, type, [batch, ...shape]);
  for (const { name, shape: dims } of parametersOf(architecture)) graph.input(name, 'float32', dims);
  const masks: Mask[] = [];
  const prefixes = parameterPrefixes(architecture);
  const context: GraphContext = {
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
  };
  const values = type === 'float32' ? pixels : graph.node('Cast', [pixels], { to: { int: 1 } });
  const features = writePart(architecture.features, prefixes.features, context, values, shape);
  const embedding = architecture.features.outputShape(shape);
  const head = writePart(architecture.head, prefixes.head, context, features.output, embedding);
  const objective = objectiveOf(architecture);
  const output = networkOutput(architecture);
  const targets = graph.input(trainingNames.targets, 'float32', [batch, ...objective.targets(output)]);
  const main = objective.loss(graph, head.output, targets, batch);
  const ofHead = head.backward(main.gradient, true);
  const second = writeAuxiliary(architecture, context, features.output, main.loss);
  const upstream = second === undefined ? ofHead.input! : graph.node('Add', [ofHead.input!, second.gradient]);
  const parameters = {
    ...features.backward(upstream, false).parameters,
    ...ofHead.parameters,
    ...second?.parameters,
  };
  graph.output(graph.rename(second?.loss ?? main.loss, trainingNames.loss), 'float32', []);
  graph.output(graph.rename(main.probabilities, trainingNames.probabilities), 'float32', [
    batch,
    ...objective.probabilities(output),
  ]);
  const shapes = new Map(parametersOf(architecture).map((parameter) => [parameter.name, parameter.shape]));
  for (const [name, value] of Object.entries(parameters)) graph.output(value, 'float32', shapes.get(name) ?? []);
  const statistics = [...features.statistics, ...head.statistics];
  for (const { parameter, value } of statistics) graph.output(value, 'float32', shapes.get(parameter) ?? []);
  return { model: graph.build(), masks, gradients: new Map(Object.entries(parameters)), statistics };
}

/** A part of the network whose parameters carry a prefix. */
function writePart(layer: Layer, prefix: string, context: GraphContext, value: string, shape: Shape) {
  const pass = layer.forward({ ...context, parameter: (name) => context.parameter(prefix + name) }, value, shape);
  const statistics = (pass.statistics ?? []).map((s) => ({ ...s, parameter: prefix + s.parameter }));
  const backward = (gradient: string, needsInput: boolean): Gradients => {
    const { input, parameters } = pass.backward(gradient, needsInput);
    return { input, parameters: prefixed(parameters, prefix) };
  };
  return { output: pass.output, statistics, backward };
}

function prefixed(parameters: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [prefix + name, value]));
}

/** The auxiliary head's loss joins the main one; undefined when there is no such head. */
function writeAuxiliary(architecture: Architecture, context: GraphContext, embedding: string, mainLoss: string) {
  const { auxiliary, features } = architecture;
  if (auxiliary === undefined) return undefined;
  const { graph, batch = 1 } = context;
  const shape = features.outputShape(cropShape(architecture));
  const pass = writePart(auxiliary, parameterPrefixes(architecture).auxiliary, context, embedding, shape);
  const votes = graph.input(trainingNames.votes, 'float32', [batch, ...auxiliary.outputShape(shape)]);
  const { loss, gradient } = softTargetCrossEntropy(graph, pass.output, votes, batch);
  const { input, parameters } = pass.backward(gradient, true);
  return { loss: graph.node('Add', [mainLoss, loss]), gradient: input!, parameters };
}
