// Holds a network's weights and runs its steps: gradients by a generated ONNX graph, the optimiser in TypeScript.
import type { OpenSession, Session, Tensor } from '../ports/session.js';
import { type Architecture, cropShape, network, parametersOf } from './architecture.js';
import { buildEvaluationGraph, modelNames } from './inference-graph.js';
import type { Mask } from './layer.js';
import { createOptimiser, type Optimiser, type OptimiserOptions } from './optimiser.js';
import type { Weights } from './parameters.js';
import { buildTrainingGraph, type TrainingGraph, trainingNames } from './training-graph.js';

/** One batch, ready for the graph. */
export interface Batch {
  readonly size: number;
  /** `[size, 1, height, width]`, 0..255. */
  readonly pixels: Float32Array;
  /** `[size, classes]`, rows sum to 1. */
  readonly targets: Float32Array;
  /** One array per mask of the training graph, `[size, ...shape]`. */
  readonly masks: readonly Float32Array[];
}

export interface StepResult {
  /** Mean cross-entropy of the batch plus the L2 penalty, both before the step. */
  readonly loss: number;
  /** `[size, classes]`, before the step. */
  readonly probabilities: Float32Array;
}

/** The arrays that a checkpoint needs to continue: weights and the optimiser's state. */
export interface EngineState {
  readonly weights: Weights;
  readonly optimiser: Map<string, Float32Array>;
}

/** What the trainer needs of an engine; a worker thread offers the same. */
export interface TrainingEngine {
  readonly masks: readonly Mask[];
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  /** Probabilities `[size, classes]` for crops `[size, 1, height, width]`, 0..255. */
  predict(pixels: Float32Array, size: number): Promise<Float32Array>;
  state(): Promise<EngineState>;
  restore(state: EngineState): Promise<void>;
  release(): Promise<void>;
}

export interface EngineOptions {
  readonly optimiser: OptimiserOptions;
  readonly weights: Weights;
  /** Threads inside an operator; default 1. */
  readonly threads?: number;
}

interface Step {
  readonly graph: TrainingGraph;
  readonly session: Session;
}

/** Runs in the thread that creates it. */
export class LocalEngine implements TrainingEngine {
  readonly masks: readonly Mask[];
  readonly #architecture: Architecture;
  readonly #openSession: OpenSession;
  readonly #threads: number;
  readonly #optimiser: Optimiser;
  readonly #l2: ReadonlyMap<string, number>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #classes: number;
  #weights: Weights;
  /** One session per batch size: opening one is cheap, about 50 ms. */
  readonly #steps = new Map<number, Promise<Step>>();
  #evaluation: Promise<Session> | undefined;

  constructor(architecture: Architecture, openSession: OpenSession, options: EngineOptions) {
    const parameters = parametersOf(architecture);
    this.#architecture = architecture;
    this.#openSession = openSession;
    this.#threads = options.threads ?? 1;
    this.#optimiser = createOptimiser(options.optimiser);
    this.#weights = options.weights;
    this.#l2 = new Map(parameters.filter((p) => p.l2 > 0).map((p) => [p.name, p.l2]));
    this.#shapes = new Map(parameters.map((p) => [p.name, p.shape]));
    this.#classes = network(architecture).outputShape(cropShape(architecture))[0] ?? 0;
    this.masks = buildTrainingGraph(architecture, 1).masks;
  }

  async step(batch: Batch, learningRate: number): Promise<StepResult> {
    const { loss, probabilities, gradients, statistics } = await this.gradients(batch);
    for (const [name, { value, momentum }] of statistics) {
      const running = this.#weights.get(name)!;
      for (let i = 0; i < running.length; i++) running[i] = momentum * running[i]! + (1 - momentum) * value[i]!;
    }
    this.#optimiser.step(this.#weights, gradients, this.#l2, learningRate);
    return { loss, probabilities };
  }

  /** Forward and backward without moving anything; the L2 penalty is in `loss` and not in `gradients`. */
  async gradients(batch: Batch) {
    const { graph, session } = await this.#stepFor(batch.size);
    const feeds = this.#parameterFeeds();
    const [, height = 0, width = 0] = cropShape(this.#architecture);
    feeds[trainingNames.pixels] = { dims: [batch.size, 1, height, width], data: batch.pixels };
    feeds[trainingNames.targets] = { dims: [batch.size, this.#classes], data: batch.targets };
    graph.masks.forEach(({ name, shape }, index) => {
      const data = batch.masks[index];
      if (data === undefined) throw new TypeError(`engine: batch without mask ${index}`);
      feeds[name] = { dims: [batch.size, ...shape], data };
    });
    const outputs = await session.run(feeds);
    const array = (name: string): Float32Array => outputs[name]!.data as Float32Array;
    const gradients = new Map([...graph.gradients].map(([name, value]) => [name, array(value)]));
    const statistics = new Map(
      graph.statistics.map(({ parameter, value, momentum }) => [parameter, { value: array(value), momentum }]),
    );
    const loss = array(trainingNames.loss)[0]! + this.#penalty();
    return { loss, probabilities: array(trainingNames.probabilities), gradients, statistics };
  }

  async predict(pixels: Float32Array, size: number): Promise<Float32Array> {
    this.#evaluation ??= this.#openSession(buildEvaluationGraph(this.#architecture), { threads: this.#threads });
    const session = await this.#evaluation;
    const feeds = this.#parameterFeeds();
    feeds['pixels'] = { dims: [size, ...cropShape(this.#architecture)], data: pixels };
    const outputs = await session.run(feeds, [modelNames.probabilities]);
    return outputs[modelNames.probabilities]!.data as Float32Array;
  }

  async state(): Promise<EngineState> {
    return { weights: this.#weights, optimiser: this.#optimiser.state() };
  }

  async restore({ weights, optimiser }: EngineState): Promise<void> {
    this.#weights = new Map([...weights].map(([name, values]) => [name, values.slice()]));
    this.#optimiser.restore(optimiser);
  }

  async release(): Promise<void> {
    for (const step of this.#steps.values()) await (await step).session.release();
    await (await this.#evaluation)?.release();
    this.#steps.clear();
    this.#evaluation = undefined;
  }

  #parameterFeeds(): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, data] of this.#weights) feeds[name] = { dims: this.#shapes.get(name) ?? [], data };
    return feeds;
  }

  #penalty(): number {
    let penalty = 0;
    for (const [name, l2] of this.#l2) {
      let squares = 0;
      for (const w of this.#weights.get(name)!) squares += w * w;
      penalty += l2 * squares;
    }
    return penalty;
  }

  #stepFor(size: number): Promise<Step> {
    let step = this.#steps.get(size);
    if (step === undefined) {
      const graph = buildTrainingGraph(this.#architecture, size);
      // 'all' would insert layout reorders that cost more than they save here (docs/experiments.md).
      const options = { threads: this.#threads, optimization: 'extended' } as const;
      step = this.#openSession(graph.model, options).then((session) => ({ graph, session }));
      this.#steps.set(size, step);
    }
    return step;
  }
}
