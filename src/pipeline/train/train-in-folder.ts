// Training into a run folder: checkpoints, history, how it ended, and the model at the end. What is trained, and on what, is the
// caller's.

import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Clock, WallClock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import type { StepResult } from '../../core/training/batch.js';
import type { BatchSource } from '../../core/training/batches.js';
import type { Checkpoint, SavedCheckpoint } from '../../core/training/checkpoint.js';
import { type TrainerOptions, type TrainingEnd, train } from '../../core/training/trainer.js';
import { type EpochFigures, freshState, type TrainerState } from '../../core/training/trainer-state.js';
import { beginRun, type RunFacts, type RunProgram, readRunFacts, resumeRun, writeMetrics } from './run-folder.js';
import { RunWatch } from './run-result.js';
import { readWeights, saveCheckpoint } from './run-weights.js';
import { TrainingMeter } from './training-meter.js';

/** Where a run is kept, and who is told of it. */
export interface RunPlace {
  /** The run folder. */
  readonly store: BlobStore;
  readonly resume: boolean;
  /** Kept in run.json. */
  readonly program: RunProgram;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly now: WallClock;
  readonly shouldStop: () => boolean;
  /** Told of every epoch, after its checkpoint, and first of those that a resumed run had before; the next one waits for it. */
  readonly onEpoch?: (figures: EpochFigures) => Promise<void>;
}

/** What of a run's configuration the loop follows. */
export interface LoopConfig extends Pick<TrainerOptions, 'batchSize' | 'epochs' | 'schedule' | 'patience'> {
  /** Which weights become the model. */
  readonly keep: 'last' | 'best';
}

/** What is trained. */
export interface FolderRun<Batches extends BatchSource, Kept>
  extends Pick<TrainerOptions, 'engine' | 'guessingLoss' | 'validate'> {
  readonly config: LoopConfig;
  readonly facts: RunFacts;
  /** The text of the split file. */
  readonly splits?: string | undefined;
  /** Of a run that goes on. */
  readonly checkpoint: SavedCheckpoint | undefined;
  readonly startBatches: () => Batches;
  /** How many samples of a batch the step judged right; none where there is no right or wrong. */
  readonly countRight?: (batches: Batches, result: StepResult, epoch: number, number: number) => number;
  /** Time of a step in each of the epochs from..to - 1 (from 0), together, as a multiple of a step at full size; default to - from. */
  readonly costOfSteps?: (from: number, to: number) => number;
  /** Makes the model of the weights that are kept. */
  readonly writeModel: (kept: Checkpoint) => Promise<Kept>;
}

export interface FolderResult<Kept> {
  readonly end: TrainingEnd;
  readonly epochs: number;
  /** Null for a run that was stopped. */
  readonly kept: Kept | null;
}

/**
 * Trains, from the checkpoint on when there is one. Throws RunError when the folder holds another run or the training
 * diverges, and StorageError when it cannot be written. How it ended is in the folder's result.json in each case. Here the
 * first byte is written: a run that is refused before leaves a folder as it was.
 */
export async function trainInFolder<Batches extends BatchSource, Kept>(
  place: RunPlace,
  run: FolderRun<Batches, Kept>,
): Promise<FolderResult<Kept>> {
  const { store } = place;
  const { config, facts, splits } = run;
  const start = { at: place.now(), ...place.program };
  if (place.resume) await resumeRun(store, { config, start });
  else await beginRun(store, { config, facts, start, splits });
  const watch = await RunWatch.start(store, place);
  let state = run.checkpoint?.trainer ?? freshState;
  try {
    const result = await trainToEnd(place, run, (next) => {
      state = next;
    });
    await watch.ended(result.end, state);
    return result;
  } catch (error) {
    await watch.failed(error, state);
    throw error;
  }
}

async function trainToEnd<Batches extends BatchSource, Kept>(
  { store, progress, clock, shouldStop, ...place }: RunPlace,
  run: FolderRun<Batches, Kept>,
  onState: (state: TrainerState) => void,
): Promise<FolderResult<Kept>> {
  const { engine, checkpoint, config, countRight } = run;
  const { identity } = await readRunFacts(store);
  if (checkpoint?.isChecked === false) {
    progress.note(
      'the checkpoint is of an earlier version, without a checksum: damage to its numbers would not be seen',
    );
  }
  let batches: Batches | undefined;
  try {
    if (checkpoint !== undefined) {
      await engine.restore(checkpoint.engine);
      await writeMetrics(store, checkpoint.trainer);
      for (const figures of checkpoint.trainer.history) await place.onEpoch?.(figures);
    }
    const started = run.startBatches();
    batches = started;
    const meter = new TrainingMeter({
      clock,
      progress,
      epochs: config.epochs,
      stepsPerEpoch: batches.perEpoch,
      batchSize: config.batchSize,
      costOfSteps: run.costOfSteps ?? ((from, to) => to - from),
    });
    const { state, end } = await train(
      {
        engine,
        batches,
        clock,
        batchSize: config.batchSize,
        guessingLoss: run.guessingLoss,
        countRight: countRight && ((...judged) => countRight(started, ...judged)),
        epochs: config.epochs,
        schedule: config.schedule,
        patience: config.patience,
        shouldStop,
        validate: run.validate,
        onStep: (next) => meter.step(next),
        onEpoch: async (next, isBest, waitShare) => {
          await saveCheckpoint(store, { trainer: next, engine: await engine.state(), run: identity }, isBest);
          onState(next);
          await writeMetrics(store, next, meter.epoch(next, waitShare));
          await place.onEpoch?.(next.history.at(-1)!);
        },
      },
      checkpoint?.trainer ?? freshState,
    );
    const last: Checkpoint = { trainer: state, engine: await engine.state(), run: identity };
    if (end === 'stopped') {
      await saveCheckpoint(store, last, false);
      return { end, epochs: state.epoch, kept: null };
    }
    const kept = config.keep === 'best' ? await readWeights(store, 'best') : last;
    return { end, epochs: state.epoch, kept: await run.writeModel(kept) };
  } finally {
    await batches?.release();
  }
}
