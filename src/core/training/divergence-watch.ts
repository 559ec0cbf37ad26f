// Notices that training diverges, before the weights of it are saved anywhere.
import { RunError } from '../errors.js';
import type { StepResult } from './batch.js';
import type { TrainerState } from './trainer-state.js';

/** Where training is; counts from 1. */
export interface TrainingPlace {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
}

/** A loss this many times that of guessing no longer comes back. */
const guessingMultiple = 100;
/** A strong penalty may begin above that: then this many times the first loss. */
const firstMultiple = 10;

export class DivergenceWatch {
  readonly #guessing: number;
  #first: number | undefined;
  #saved: TrainerState;

  /** `guessing`: the loss of a network that guesses; `saved`: the state of the last checkpoint. */
  constructor(guessing: number, saved: TrainerState) {
    this.#guessing = guessing;
    this.#saved = saved;
    // A run that goes on is measured by its beginning, not by where it stands.
    this.#first = saved.history[0]?.trainingLoss;
  }

  /** A later state was saved. */
  savedAt(state: TrainerState): void {
    this.#saved = state;
  }

  /** Throws RunError when the loss or the gradients of a step are not finite, or the loss has exploded. */
  checkStep({ loss, gradientNorm }: StepResult, place: TrainingPlace): void {
    if (!Number.isFinite(loss)) throw this.#error(`the training loss must stay finite, and it is ${loss}`, place);
    if (gradientNorm !== undefined && !Number.isFinite(gradientNorm)) {
      throw this.#error(`the gradients must stay finite, and their norm is ${gradientNorm}`, place);
    }
    this.#first ??= loss;
    const limit = Math.max(guessingMultiple * this.#guessing, firstMultiple * this.#first);
    if (loss > limit) {
      throw this.#error(
        `the training loss must not explode, and it is ${loss.toPrecision(4)}, above the limit of ${limit.toPrecision(4)} (guessing gives ${this.#guessing.toFixed(2)})`,
        place,
      );
    }
  }

  /** Throws RunError when the loss on the validation samples is not finite: the weights are broken. */
  checkValidation(loss: number, place: TrainingPlace): void {
    if (!Number.isFinite(loss)) throw this.#error(`the validation loss must stay finite, and it is ${loss}`, place);
  }

  #error(what: string, { epoch, step, learningRate }: TrainingPlace): RunError {
    const rate = Number(learningRate.toPrecision(4));
    return new RunError(
      `${what} at epoch ${epoch}, step ${step}, learning rate ${rate}; ${describeSaved(this.#saved)}; start a new run with a lower learning rate`,
    );
  }
}

function describeSaved({ epoch, stepInEpoch }: TrainerState): string {
  if (epoch === 0 && stepInEpoch === 0) return 'there is no checkpoint yet';
  const steps = stepInEpoch === 0 ? '' : ` and ${stepInEpoch} steps`;
  return `the last good checkpoint, after ${epoch} epoch${epoch === 1 ? '' : 's'}${steps}, is kept`;
}
