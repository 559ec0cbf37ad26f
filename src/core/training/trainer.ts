// The training loop: epochs, steps, validation, and the state that lets a broken run continue as if unbroken.

import { argmax } from '../numbers/argmax.js';
import type { Clock } from '../ports/clock.js';
import type { Batch, StepResult } from './batch.js';
import type { BatchSource } from './batches.js';
import { DivergenceWatch, type TrainingPlace } from './divergence-watch.js';
import type { TrainingEngine } from './engine.js';
import { learningRate, type Schedule } from './schedule.js';
import { type EpochFigures, freshState, lowestLoss, type TrainerState } from './trainer-state.js';

/** What validation says of the weights; `loss` decides which are the best. */
export interface ValidationFigures {
  readonly loss: number;
  readonly accuracy?: number | undefined;
  readonly precision?: number | undefined;
}

export interface TrainerOptions {
  readonly engine: TrainingEngine;
  readonly batches: BatchSource;
  readonly clock: Clock;
  readonly batchSize: number;
  /** The loss of a network that guesses: training has diverged where the loss is far above it. */
  readonly guessingLoss: number;
  /** How many samples of a batch the step judged right; undefined where there is no right or wrong. */
  readonly countRight?: ((result: StepResult, epoch: number, number: number) => number) | undefined;
  readonly epochs: number;
  readonly schedule: Schedule;
  /** Figures on the validation samples; undefined when there are none. */
  readonly validate: ((engine: TrainingEngine) => Promise<ValidationFigures>) | undefined;
  /** Epochs without a better validation loss before the run ends; null never ends it early. */
  readonly patience: number | null;
  readonly onStep?: (state: TrainerState, stepsPerEpoch: number) => void;
  /**
   * Called after every epoch; saving happens here. `isBest`: the lowest validation loss so far; false without validation. `waitShare`: the share
   * of the epoch's training time in which the engine had no batch to work on, 0..1.
   */
  readonly onEpoch: (state: TrainerState, isBest: boolean, waitShare: number) => Promise<void>;
  /** Asked after every step; true ends the loop between two steps. */
  readonly shouldStop?: () => boolean;
}

export type TrainingEnd = 'finished' | 'early' | 'stopped';

/**
 * Trains from `state`, that of the last checkpoint. Returns where it ended and why; a stopped run can be
 * continued with the same options. Throws RunError when the training diverges: nothing is saved of that epoch.
 */
export async function train(
  options: TrainerOptions,
  state: TrainerState = freshState,
): Promise<{ state: TrainerState; end: TrainingEnd }> {
  const { batches, epochs } = options;
  const divergence = new DivergenceWatch(options.guessingLoss, state);
  let current = state;
  while (current.epoch < epochs) {
    if (isPatienceOver(current.history, options.patience)) return { state: current, end: 'early' };
    const { epoch } = current;
    const watch = new WaitWatch(options.clock);
    let next: Promise<Batch> | undefined;
    for (let number = current.stepInEpoch; number < batches.perEpoch; number++) {
      if (options.shouldStop?.()) return { state: current, end: 'stopped' };
      const rate = learningRate(options.schedule, epoch * batches.perEpoch + number, epochs * batches.perEpoch);
      const batch = await (next ?? prepare(batches, epoch, number));
      const started = watch.now();
      const stepping = options.engine.step(batch, rate);
      const stepped = watch.now();
      // While the engine works in a thread of its own, the next batch is prepared.
      next = number + 1 < batches.perEpoch ? prepare(batches, epoch, number + 1) : undefined;
      const prepared = watch.now();
      const result = await stepping;
      watch.worked(result.busyMs ?? stepped - started + watch.now() - prepared);
      divergence.checkStep(result, { epoch: epoch + 1, step: number + 1, learningRate: rate });
      current = {
        ...current,
        stepInEpoch: number + 1,
        lossSum: current.lossSum + result.loss,
        correct: current.correct + (options.countRight?.(result, epoch, number) ?? 0),
      };
      options.onStep?.(current, batches.perEpoch);
    }
    current = await endEpoch(options, current, { waitShare: watch.share(), divergence });
    divergence.savedAt(current);
  }
  return { state: current, end: 'finished' };
}

/** A failure counts when the batch is awaited; when the step before it fails, nobody awaits it. */
function prepare(batches: BatchSource, epoch: number, number: number): Promise<Batch> {
  const batch = (async () => batches.batch(epoch, number))();
  batch.catch(() => undefined);
  return batch;
}

/** How much of an epoch's steps the engine is without work. */
class WaitWatch {
  readonly now: Clock;
  readonly #start: number;
  #busyMs = 0;

  constructor(clock: Clock) {
    this.now = clock;
    this.#start = clock();
  }

  worked(ms: number): void {
    this.#busyMs += ms;
  }

  share(): number {
    const elapsedMs = this.now() - this.#start;
    return elapsedMs > 0 ? Math.max(0, 1 - this.#busyMs / elapsedMs) : 0;
  }
}

async function endEpoch(
  options: TrainerOptions,
  state: TrainerState,
  { waitShare, divergence }: { waitShare: number; divergence: DivergenceWatch },
): Promise<TrainerState> {
  const { batches, engine, epochs, batchSize } = options;
  const validation = await options.validate?.(engine);
  const step = (state.epoch + 1) * batches.perEpoch;
  const rate = learningRate(options.schedule, step - 1, epochs * batches.perEpoch);
  const place: TrainingPlace = { epoch: state.epoch + 1, step: batches.perEpoch, learningRate: rate };
  if (validation !== undefined) divergence.checkValidation(validation.loss, place);
  const figures: EpochFigures = {
    epoch: state.epoch + 1,
    step,
    learningRate: rate,
    trainingLoss: state.lossSum / batches.perEpoch,
    ...(options.countRight && { trainingAccuracy: state.correct / (batches.perEpoch * batchSize) }),
    ...(validation && { validationLoss: validation.loss }),
    ...(validation?.accuracy !== undefined && { validationAccuracy: validation.accuracy }),
    ...(validation?.precision !== undefined && { validationPrecision: validation.precision }),
  };
  const isBest = lowestLoss([...state.history, figures]) === figures;
  const next: TrainerState = {
    epoch: state.epoch + 1,
    stepInEpoch: 0,
    lossSum: 0,
    correct: 0,
    history: [...state.history, figures],
  };
  await options.onEpoch(next, isBest, waitShare);
  return next;
}

function isPatienceOver(history: readonly EpochFigures[], patience: number | null): boolean {
  const best = lowestLoss(history);
  if (patience === null || best === undefined) return false;
  return history.length - 1 - history.indexOf(best) >= patience;
}

/** Samples whose class has the largest of their probabilities, `[size, classCount]`. */
export function countCorrect({ probabilities }: StepResult, classes: Uint8Array, classCount: number): number {
  return classes.reduce(
    (sum, label, i) => sum + (argmax(probabilities, i * classCount, classCount) === label ? 1 : 0),
    0,
  );
}
