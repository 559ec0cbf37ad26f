// Where a step's gradients come from: a session in this thread, other threads, or parts of a batch put together.

import {
  type Architecture,
  atSide,
  cropShape,
  networkOutput,
  objectiveOf,
  parametersOf,
} from '../nn/architectures/architecture.js';
import type { Weights } from '../nn/architectures/parameters.js';
import { buildTrainingGraph, type TrainingGraph, trainingNames } from '../nn/graphs/training-graph.js';
import type { Parameter, Shape } from '../nn/layers/layer.js';
import type { OpenSession, Tensor } from '../ports/session.js';
import type { Batch } from './batch.js';
import { type Opened, SizedSessions } from './sized-sessions.js';

/** What one batch says about the weights. The arrays are the caller's until the next batch. */
export interface BatchGradients {
  /** Mean loss of the batch, without penalties. */
  readonly loss: number;
  /** `[size, ...probabilities]` (objective.ts): for a classifier `[size, classes]`. */
  readonly probabilities: Float32Array;
  /** Gradient of `loss` for each trainable parameter. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The batch's own statistics for each running one, and the running one's momentum. */
  readonly statistics: ReadonlyMap<string, { readonly value: Float32Array; readonly momentum: number }>;
}

export interface GradientSource {
  /** Forward and backward; moves nothing. */
  gradients(weights: Weights, batch: Batch): Promise<BatchGradients>;
  release(): Promise<void>;
}

export interface GraphGradientsOptions {
  /** Threads inside an operator; default 1. */
  readonly threads?: number | undefined;
  /** 'portable' for sessions that do not run on ONNX Runtime's CPU provider; default 'cpu'. */
  readonly formulas?: 'cpu' | 'portable' | undefined;
}

interface Step extends Opened {
  readonly graph: TrainingGraph;
  /** Shapes of one sample's. */
  readonly inputs: { readonly pixels: Shape; readonly targets: Shape };
}

/** Gradients by generated ONNX graphs, in the thread that asks. */
export class GraphGradients implements GradientSource {
  readonly #architecture: Architecture;
  readonly #openSession: OpenSession;
  readonly #options: GraphGradientsOptions;
  readonly #parameters: readonly Parameter[];
  readonly #steps = new SizedSessions((size, side) => this.#openStep(size, side));

  constructor(architecture: Architecture, openSession: OpenSession, options: GraphGradientsOptions = {}) {
    this.#architecture = architecture;
    this.#openSession = openSession;
    this.#options = options;
    this.#parameters = parametersOf(architecture);
  }

  async gradients(weights: Weights, batch: Batch): Promise<BatchGradients> {
    const { graph, session, inputs } = await this.#steps.for(batch);
    const feeds = parameterFeeds(weights, this.#parameters);
    feeds[trainingNames.pixels] = { dims: [batch.size, ...inputs.pixels], data: batch.pixels };
    feeds[trainingNames.targets] = { dims: [batch.size, ...inputs.targets], data: batch.targets };
    if (batch.votes !== undefined) {
      feeds[trainingNames.votes] = { dims: [batch.size, batch.votes.length / batch.size], data: batch.votes };
    }
    graph.masks.forEach(({ name, shape }, index) => {
      const data = batch.masks[index];
      if (data === undefined) throw new TypeError(`gradients: batch without mask ${index}`);
      feeds[name] = { dims: [batch.size, ...shape], data };
    });
    const outputs = await session.run(feeds);
    const array = (name: string): Float32Array => outputs[name]!.data as Float32Array;
    return {
      loss: array(trainingNames.loss)[0]!,
      probabilities: array(trainingNames.probabilities),
      gradients: new Map([...graph.gradients].map(([name, value]) => [name, array(value)])),
      statistics: new Map(
        graph.statistics.map(({ parameter, value, momentum }) => [parameter, { value: array(value), momentum }]),
      ),
    };
  }

  release(): Promise<void> {
    return this.#steps.release();
  }

  async #openStep(size: number, side: number): Promise<Step> {
    const { threads = 1, formulas = 'cpu' } = this.#options;
    const form = formulas === 'cpu' && threads === 1 ? 'cpu-single' : formulas;
    const architecture = atSide(this.#architecture, side);
    const graph = buildTrainingGraph(architecture, size, form);
    const targets = objectiveOf(architecture).targets(networkOutput(architecture));
    const inputs = { pixels: cropShape(architecture), targets };
    // 'all' would insert layout reorders that cost more than they save here
    // (docs/experiments/training-speed.md, 'Convolutions: what did not help').
    return { graph, inputs, session: await this.#openSession(graph.model, { threads, optimization: 'extended' }) };
  }
}

/** The weights as inputs of a graph. */
export function parameterFeeds(weights: Weights, parameters: readonly Parameter[]): Record<string, Tensor> {
  return Object.fromEntries(parameters.map(({ name, shape }) => [name, { dims: shape, data: weights.get(name)! }]));
}
