// Holds a network's weights and runs its steps: gradients by generated ONNX graphs, the optimiser in TypeScript.

import { type Architecture, cropShape, modelParametersOf, parametersOf } from '../nn/architectures/architecture.js';
import type { Weights } from '../nn/architectures/parameters.js';
import { buildEvaluationGraph, evaluationNames } from '../nn/graphs/inference-graph.js';
import { buildTrainingGraph } from '../nn/graphs/training-graph.js';
import type { Mask } from '../nn/layers/layer.js';
import type { OpenSession, Session } from '../ports/session.js';
import type { Batch, StepResult } from './batch.js';
import { clipGradients } from './clip-gradients.js';
import { DividedGradients, equalParts, partsUpTo } from './divided-gradients.js';
import { type BatchGradients, type GradientSource, GraphGradients, parameterFeeds } from './gradient-source.js';
import { createOptimiser, type Optimiser, type OptimiserOptions, type Shrinkage } from './optimiser.js';
import { WeightAverage, type WeightAverageOptions } from './weight-average.js';

/** The arrays that a checkpoint needs to continue. */
export interface EngineState {
  readonly weights: Weights;
  readonly optimiser: Weights;
  /** The moving average of the weights and its count of steps; empty without one. */
  readonly average: Weights;
}

/** The weights that a state stands for: the average where one is kept, else the weights themselves. */
export function modelWeights({ weights, average }: EngineState): Weights {
  if (average.size === 0) return weights;
  return new Map([...weights.keys()].map((name) => [name, average.get(name)!]));
}

/** What the trainer needs of an engine; a worker thread offers the same. */
export interface TrainingEngine {
  readonly masks: readonly Mask[];
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  /**
   * What the averaged weights (if any) predict of crops `[size, channels, height, width]`, 0..255: `[size, ...predictions]`
   * (objective.ts), for a classifier probabilities `[size, classes]`. A detector takes any square whose side its strides divide.
   */
  predict(pixels: Float32Array | Uint8Array, size: number): Promise<Float32Array>;
  state(): Promise<EngineState>;
  restore(state: EngineState): Promise<void>;
  release(): Promise<void>;
}

export interface EngineOptions {
  readonly optimiser: OptimiserOptions;
  readonly weights: Weights;
  /** Decoupled weight decay of all kernels (parameters with two or more axes); default 0. */
  readonly weightDecay?: number;
  /** Largest joint norm of the gradients of a step; default null, no limit. */
  readonly clipNorm?: number | null;
  /** Keeps an average of the weights and predicts with it; default null, none. */
  readonly average?: WeightAverageOptions | null;
  /** Threads inside an operator, of all workers together; default 1. */
  readonly threads?: number;
  /** Parts of equal size that a batch is divided into, so that they can be computed at the same time; default 1. */
  readonly workers?: number;
  /** Batch norm takes its statistics over at most this many samples; default null, all that a worker has. */
  readonly ghostBatch?: number | null;
  /** 'portable' for sessions that do not run on ONNX Runtime's CPU provider; default 'cpu'. */
  readonly formulas?: 'cpu' | 'portable';
}

/** The options on which gradients depend. */
export type GradientOptions = Pick<EngineOptions, 'threads' | 'workers' | 'ghostBatch' | 'formulas'>;

/** A source of gradients in this thread, for the share of the batch that one of `workers` gets. */
export function workerGradients(
  architecture: Architecture,
  openSession: OpenSession,
  { threads = 1, workers = 1, ghostBatch = null, formulas }: GradientOptions,
): GradientSource {
  const options = { threads: Math.max(1, Math.floor(threads / workers)), formulas };
  const source = new GraphGradients(architecture, openSession, options);
  return ghostBatch === null ? source : new DividedGradients([source], partsUpTo(ghostBatch));
}

/** Runs in the thread that creates it, but for the sources of gradients that it is given. */
export class LocalEngine implements TrainingEngine {
  readonly masks: readonly Mask[];
  readonly #architecture: Architecture;
  readonly #openSession: OpenSession;
  readonly #threads: number;
  readonly #optimiser: Optimiser;
  readonly #shrinkage: Shrinkage;
  readonly #clipNorm: number | null;
  readonly #average: WeightAverage | undefined;
  readonly #source: GradientSource;
  #weights: Weights;
  #evaluation: Promise<Session> | undefined;

  /** `others` compute parts of each batch at the same time as this thread; without them it computes one after the other. */
  constructor(
    architecture: Architecture,
    openSession: OpenSession,
    options: EngineOptions,
    others: readonly GradientSource[] = [],
  ) {
    const parameters = parametersOf(architecture);
    this.#architecture = architecture;
    this.#openSession = openSession;
    this.#threads = options.threads ?? 1;
    this.#optimiser = createOptimiser(options.optimiser);
    this.#weights = options.weights;
    const { weightDecay = 0, clipNorm = null, average = null } = options;
    this.#shrinkage = {
      l2: new Map(parameters.filter((p) => p.l2 > 0).map((p) => [p.name, p.l2])),
      decay: new Map(parameters.filter((p) => p.shape.length > 1).map((p) => [p.name, weightDecay])),
    };
    this.#clipNorm = clipNorm;
    this.#average = average === null ? undefined : new WeightAverage(average);
    const sources = [workerGradients(architecture, openSession, options), ...others];
    this.#source = new DividedGradients(sources, equalParts(options.workers ?? 1));
    this.masks = buildTrainingGraph(architecture, 1).masks;
  }

  async step(batch: Batch, learningRate: number): Promise<StepResult> {
    const { loss, probabilities, gradients, statistics } = await this.gradients(batch);
    for (const [name, { value, momentum }] of statistics) {
      const running = this.#weights.get(name)!;
      for (let i = 0; i < running.length; i++) running[i] = momentum * running[i]! + (1 - momentum) * value[i]!;
    }
    const gradientNorm = this.#clipNorm === null ? undefined : clipGradients(gradients, this.#clipNorm);
    this.#optimiser.step(this.#weights, gradients, this.#shrinkage, learningRate);
    this.#average?.update(this.#weights);
    return { loss, probabilities, gradientNorm };
  }

  /** Forward and backward without moving anything; the L2 penalty is in `loss` and not in `gradients`. */
  async gradients(batch: Batch): Promise<BatchGradients> {
    const found = await this.#source.gradients(this.#weights, batch);
    return { ...found, loss: found.loss + this.#penalty() };
  }

  async predict(pixels: Float32Array | Uint8Array, size: number): Promise<Float32Array> {
    this.#evaluation ??= this.#openSession(buildEvaluationGraph(this.#architecture), { threads: this.#threads });
    const session = await this.#evaluation;
    const feeds = parameterFeeds(this.#average?.values ?? this.#weights, modelParametersOf(this.#architecture));
    const [channels = 1] = cropShape(this.#architecture);
    const side = Math.sqrt(pixels.length / size / channels);
    feeds['pixels'] = { dims: [size, channels, side, side], data: pixels };
    const outputs = await session.run(feeds, [evaluationNames.predictions]);
    return outputs[evaluationNames.predictions]!.data as Float32Array;
  }

  async state(): Promise<EngineState> {
    const average: Weights = this.#average?.state() ?? new Map();
    return { weights: this.#weights, optimiser: this.#optimiser.state(), average };
  }

  async restore({ weights, optimiser, average }: EngineState): Promise<void> {
    this.#weights = new Map([...weights].map(([name, values]) => [name, values.slice()]));
    this.#optimiser.restore(optimiser);
    this.#average?.restore(average);
  }

  async release(): Promise<void> {
    await this.#source.release();
    const evaluation = this.#evaluation;
    this.#evaluation = undefined;
    await (await evaluation?.catch(() => undefined))?.release();
  }

  #penalty(): number {
    let penalty = 0;
    for (const [name, l2] of this.#shrinkage.l2) {
      let squares = 0;
      const values = this.#weights.get(name)!;
      for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!; // six times as fast as for-of
      penalty += l2 * squares;
    }
    return penalty;
  }
}
