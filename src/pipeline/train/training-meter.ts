// Progress of a training run: images per second, the time left in the epoch and in the run, the figures of each epoch.

import { percent } from '../../core/numbers/percent.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import type { EpochFigures, TrainerState } from '../../core/training/trainer-state.js';
import { describeSeconds } from '../report/describe-seconds.js';
import type { Speed } from './run-folder.js';

export interface MeterOptions {
  readonly clock: Clock;
  readonly progress: Progress;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  /**
   * Time of one step in each of the epochs `from` (from 0) to `to` (not included), together, as a multiple of one at full size: smaller
   * pictures take less.
   */
  readonly costOfSteps: (from: number, to: number) => number;
}

export class TrainingMeter {
  readonly #options: MeterOptions;
  #epochStartMs: number;
  /** Steps of the epoch that an earlier session did. */
  #stepsBefore: number | undefined;
  #lastStepMs = 0;
  /** Between two steps at full size, and from an epoch's last step to the next one's start; undefined until measured. */
  #stepMs: number | undefined;
  #betweenMs: number | undefined;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#epochStartMs = options.clock();
  }

  /** After each step. */
  step(state: TrainerState): void {
    const { clock, progress, epochs, stepsPerEpoch, batchSize, costOfSteps } = this.#options;
    this.#stepsBefore ??= state.stepInEpoch - 1;
    this.#lastStepMs = clock();
    const done = state.stepInEpoch;
    const elapsedMs = Math.max(this.#lastStepMs - this.#epochStartMs, Number.MIN_VALUE);
    const stepMs = elapsedMs / (done - this.#stepsBefore);
    this.#stepMs = stepMs / costOfSteps(state.epoch, state.epoch + 1);
    const inEpoch = ((stepsPerEpoch - done) * stepMs + (this.#betweenMs ?? 0)) / 1000;
    progress.update(
      state.epoch * stepsPerEpoch + done,
      epochs * stepsPerEpoch,
      `epoch ${state.epoch + 1}/${epochs}, ${describeSeconds(inEpoch)} left in it, loss ${(state.lossSum / done).toFixed(3)}, ${((batchSize / stepMs) * 1000).toFixed(0)} images/s`,
      { secondsLeft: inEpoch + this.#secondsOfEpochs(state.epoch + 1) },
    );
  }

  /** After each epoch, its checkpoint saved: notes its figures and returns how fast it went. */
  epoch(state: TrainerState, waitShare: number): Speed {
    const { clock, progress, epochs, stepsPerEpoch, batchSize } = this.#options;
    const nowMs = clock();
    const seconds = (nowMs - this.#epochStartMs) / 1000;
    const steps = stepsPerEpoch - (this.#stepsBefore ?? 0);
    this.#betweenMs = nowMs - this.#lastStepMs;
    this.#epochStartMs = nowMs;
    this.#stepsBefore = undefined;
    const figures = state.history.at(-1)!;
    const imagesPerSecond = (steps * batchSize) / seconds;
    const secondsLeft = this.#secondsOfEpochs(state.epoch);
    progress.update(state.epoch * stepsPerEpoch, epochs * stepsPerEpoch, `epoch ${state.epoch}/${epochs} done`, {
      secondsLeft,
    });
    const left = state.epoch < epochs ? `, ${describeSeconds(secondsLeft)} left` : '';
    progress.note(
      `epoch ${figures.epoch}/${epochs}: training loss ${figures.trainingLoss.toFixed(4)}${describeAccuracy(figures.trainingAccuracy)}; ` +
        describeValidation(figures) +
        `${imagesPerSecond.toFixed(0)} images/s, ${describeSeconds(seconds)}${left}`,
    );
    return {
      imagesPerSecond: round(imagesPerSecond),
      seconds: round(seconds),
      waitShare: Number(waitShare.toFixed(4)),
    };
  }

  /** Estimate for the epochs from `first` (from 0) to the last. */
  #secondsOfEpochs(first: number): number {
    const { epochs, stepsPerEpoch, costOfSteps } = this.#options;
    const stepsMs = stepsPerEpoch * costOfSteps(first, epochs) * (this.#stepMs ?? 0);
    const ms = stepsMs + (epochs - first) * (this.#betweenMs ?? 0);
    return ms / 1000;
  }
}

function describeValidation({ validationLoss, validationAccuracy, validationPrecision }: EpochFigures): string {
  if (validationLoss === undefined) return '';
  const precision = validationPrecision === undefined ? '' : `, average precision ${percent(validationPrecision)}`;
  return `validation loss ${validationLoss.toFixed(4)}${describeAccuracy(validationAccuracy)}${precision}; `;
}

const describeAccuracy = (share: number | undefined): string =>
  share === undefined ? '' : `, accuracy ${percent(share, { digits: 2 })}`;

const round = (value: number): number => Math.round(value * 10) / 10;
