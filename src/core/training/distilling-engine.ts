// Knowledge distillation (Hinton et al. 2015): an engine whose targets are partly what a teacher says of the very same
// pixels, whatever was done to them: consistent teaching works much better than fixed targets (Beyer et al. 2022).
import { ModelFormatError } from '../errors.js';
import { readExpressionModel } from '../model/read-expression-model.js';
import { buildTeacherGraph, teacherInput } from '../model/teacher-graph.js';
import { modelNames } from '../nn/graphs/inference-graph.js';
import type { Mask } from '../nn/layers/layer.js';
import type { OpenSession } from '../ports/session.js';
import type { Batch, StepResult } from './batch.js';
import type { EngineState, TrainingEngine } from './engine.js';
import { type Opened, SizedSessions } from './sized-sessions.js';

export interface TeacherOptions {
  /** A model file that moodlens wrote; its classes and its view of the picture must be the student's. */
  readonly model: Uint8Array;
  /** Share of the teacher's probabilities in the targets, 0..1. */
  readonly weight: number;
  /** The teacher's probabilities are taken to the power 1 / temperature and normalised; above 1 it is less sure. */
  readonly temperature: number;
}

/** An engine that distils: each step adds the teacher's probabilities to its targets; the rest is the wrapped engine's. */
export class DistillingEngine implements TrainingEngine {
  readonly #engine: TrainingEngine;
  readonly #options: TeacherOptions;
  readonly #sessions: SizedSessions<Opened>;

  /** `threads`: inside an operator of the teacher's; default 1. Throws ModelFormatError when the teacher is no model of ours. */
  constructor(
    engine: TrainingEngine,
    teacher: TeacherOptions,
    openSession: OpenSession,
    { threads = 1 }: { readonly threads?: number | undefined } = {},
  ) {
    this.#engine = engine;
    this.#options = teacher;
    const file = readExpressionModel(teacher.model);
    this.#sessions = new SizedSessions(async (size, side) => ({
      session: await openSession(buildTeacherGraph(file, size, side), { threads }),
    }));
  }

  get masks(): readonly Mask[] {
    return this.#engine.masks;
  }

  async step(batch: Batch, learningRate: number): Promise<StepResult> {
    const targets = teach(batch, await this.judge(batch), this.#options);
    return this.#engine.step({ ...batch, targets }, learningRate);
  }

  /** The teacher's probabilities for the batch's pixels, `[size, classes]`, at temperature 1. Throws ModelFormatError for numbers that are not finite. */
  async judge({ size, side, pixels }: Pick<Batch, 'size' | 'side' | 'pixels'>): Promise<Float32Array> {
    const { session } = await this.#sessions.for({ size, side });
    const feeds = { [teacherInput]: { dims: [size, 1, side, side], data: pixels } };
    const outputs = await session.run(feeds, [modelNames.probabilities]);
    const judged = outputs[modelNames.probabilities]!.data as Float32Array;
    if (judged.every(Number.isFinite)) return judged;
    throw new ModelFormatError(
      'the teacher must give probabilities that are finite numbers, and it gives others; its weights are damaged, choose another teacher',
    );
  }

  predict(pixels: Float32Array | Uint8Array, size: number): Promise<Float32Array> {
    return this.#engine.predict(pixels, size);
  }

  state(): Promise<EngineState> {
    return this.#engine.state();
  }

  restore(state: EngineState): Promise<void> {
    return this.#engine.restore(state);
  }

  async release(): Promise<void> {
    await this.#sessions.release();
    await this.#engine.release();
  }
}

/** New targets: the batch's own and the teacher's, each row with the sum it had (the weight of its sample). */
export function teach(
  { size, targets }: Pick<Batch, 'size' | 'targets'>,
  probabilities: Float32Array,
  { weight, temperature }: Pick<TeacherOptions, 'weight' | 'temperature'>,
): Float32Array {
  const classes = targets.length / size;
  const mixed = new Float32Array(targets.length);
  for (let from = 0; from < targets.length; from += classes) {
    const row = probabilities.subarray(from, from + classes);
    // Relative to the largest, so that no temperature makes all of them vanish.
    const largest = Math.max(...row);
    let [own, theirs] = [0, 0];
    for (let c = 0; c < classes; c++) {
      own += targets[from + c]!;
      mixed[from + c] = (row[c]! / largest) ** (1 / temperature);
      theirs += mixed[from + c]!;
    }
    const factor = (weight * own) / theirs;
    for (let k = from; k < from + classes; k++) mixed[k] = (1 - weight) * targets[k]! + factor * mixed[k]!;
  }
  return mixed;
}
