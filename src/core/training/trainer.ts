// The training loop: epochs, steps, validation, and the state that lets a broken run continue as if unbroken.
import type { Clock } from '../ports/clock.js';
import type { BatchSource } from './batches.js';
import { DivergenceWatch, type TrainingPlace } from './divergence-watch.js';
import type { Batch, StepResult, TrainingEngine } from './engine.js';
import { learningRate, type Schedule } from './schedule.js';

/** One line of metrics.jsonl. Accuracies are 0..1; losses are mean cross-entropy (training: with smoothing and penalty). */
export interface EpochFigures {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  readonly trainingLoss: number;
  readonly trainingAccuracy: number;
  /** Of the averaged weights, where an average is kept; both are missing when nothing validates. */
  readonly validationLoss?: number | undefined;
  readonly validationAccuracy?: number | undefined;
}

/** Where a run stands; with the engine's state, all that is needed to continue. */
export interface TrainerState {
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Steps done in the epoch under way. */
  readonly stepInEpoch: number;
  /** Sums over those steps. */
  readonly lossSum: number;
  readonly correct: number;
  readonly history: readonly EpochFigures[];
}

export const freshState: TrainerState = { epoch: 0, stepInEpoch: 0, lossSum: 0, correct: 0, history: [] };

export interface TrainerOptions {
  readonly engine: TrainingEngine;
  readonly batches: BatchSource;
  readonly clock: Clock;
  readonly batchSize: number;
  readonly classCount: number;
  readonly epochs: number;
  readonly schedule: Schedule;
  /** Mean cross-entropy and accuracy on the validation samples; undefined when there are none. */
  readonly validate: ((engine: TrainingEngine) => Promise<{ loss: number; accuracy: number }>) | undefined;
  /** Epochs without a better validation loss before the run ends; null never ends it early. */
  readonly patience: number | null;
  readonly onStep?: (state: TrainerState, stepsPerEpoch: number) => void;
  /**
   * Called after every epoch; saving happens here. `isBest`: the lowest validation loss so far, never without any. `waitShare`: the share
   * of the epoch's training time in which the engine had no batch to work on, 0..1.
   */
  readonly onEpoch: (state: TrainerState, isBest: boolean, waitShare: number) => Promise<void>;
  /** Asked after every step; true ends the loop between two steps. */
  readonly shouldStop?: () => boolean;
}

export type TrainingEnd = 'finished' | 'early' | 'stopped';

/**
 * Trains from `state` on, which is what the last checkpoint holds. Returns where it ended and why; a stopped run can be
 * continued with the same options. Throws RunError when the training diverges: nothing is saved of that epoch.
 */
export async function train(
  options: TrainerOptions,
  state: TrainerState = freshState,
): Promise<{ state: TrainerState; end: TrainingEnd }> {
  const { batches, epochs } = options;
  const divergence = new DivergenceWatch(options.classCount, state);
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
        correct: current.correct + countCorrect(result, batches.classes(epoch, number), options.classCount),
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
    trainingAccuracy: state.correct / (batches.perEpoch * batchSize),
    ...(validation === undefined ? {} : { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
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

/** The epoch of the lowest validation loss, the first on a tie; undefined when none was validated. */
export function lowestLoss<T extends { readonly validationLoss?: number | undefined }>(
  history: readonly T[],
): T | undefined {
  let best: T | undefined;
  for (const epoch of history) {
    if (epoch.validationLoss === undefined) continue;
    if (best?.validationLoss === undefined || epoch.validationLoss < best.validationLoss) best = epoch;
  }
  return best;
}

function countCorrect({ probabilities }: StepResult, classes: Uint8Array, classCount: number): number {
  return classes.reduce(
    (sum, label, i) => sum + (argmax(probabilities, i * classCount, classCount) === label ? 1 : 0),
    0,
  );
}

/** The place of the largest of `count` values from `offset`, counted from `offset`; the first on a tie. */
export function argmax(values: ArrayLike<number>, offset = 0, count = values.length - offset): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[offset + i]! > values[offset + best]!) best = i;
  return best;
}
