// How a run ended: result.json, written when training ends and taken away when it goes on.
import { z } from 'zod';
import { decodeUtf8 } from '../../core/bytes/utf8.js';
import { MoodlensError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Clock, WallClock } from '../../core/ports/clock.js';
import type { TrainingEnd } from '../../core/training/trainer.js';
import { lowestLoss, type TrainerState } from '../../core/training/trainer-state.js';
import { readLines, runFiles } from './run-folder.js';

export const runResultSchema = z.object({
  end: z.enum(['finished', 'early', 'stopped', 'failed']),
  /** Why it failed. */
  reason: z.string().optional(),
  /** Epochs that are complete. */
  epochs: z.int().nonnegative(),
  /** The epoch of the lowest validation loss; null before the first is complete, and when nothing validates. */
  bestEpoch: z.int().positive().nullable(),
  /** Time in training, over all its sessions. */
  seconds: z.number().nonnegative(),
  endedAt: z.iso.datetime(),
});

/** `end`: all epochs done, ended by patience, stopped by the user, or ended by an error. */
export type RunResult = z.infer<typeof runResultSchema>;

/** Times one session of a run and writes how it ended. */
export class RunWatch {
  readonly #store: BlobStore;
  readonly #options: WatchOptions;
  readonly #startMs: number;
  readonly #secondsBefore: number;

  private constructor(store: BlobStore, options: WatchOptions, secondsBefore: number) {
    this.#store = store;
    this.#options = options;
    this.#startMs = options.clock();
    this.#secondsBefore = secondsBefore;
  }

  /** Takes the result of an earlier session away: the run is under way again. */
  static async start(store: BlobStore, options: WatchOptions): Promise<RunWatch> {
    const before = (await readResult(store))?.seconds ?? (await secondsOfEpochs(store));
    await store.remove(runFiles.result);
    return new RunWatch(store, options, before);
  }

  async ended(end: TrainingEnd, state: TrainerState): Promise<void> {
    await this.#write(end, state);
  }

  /** For a run that an error ended. Never throws: the error itself matters more, and the disk may be full. */
  async failed(error: unknown, state: TrainerState): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const coded = error instanceof MoodlensError ? `${reason} [${error.code}]` : reason;
    await this.#write('failed', state, coded).catch(() => undefined);
  }

  async #write(end: RunResult['end'], { epoch, history }: TrainerState, reason?: string): Promise<void> {
    const elapsedMs = this.#options.clock() - this.#startMs;
    const result: RunResult = {
      end,
      ...(reason === undefined ? {} : { reason }),
      epochs: epoch,
      bestEpoch: lowestLoss(history)?.epoch ?? null,
      seconds: Math.round(10 * (this.#secondsBefore + elapsedMs / 1000)) / 10,
      endedAt: this.#options.now(),
    };
    await this.#store.write(runFiles.result, `${JSON.stringify(result, null, 2)}\n`);
  }
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly now: WallClock;
}

/** For a run that was killed, or is of a version without result.json: what its epochs took. */
async function secondsOfEpochs(store: BlobStore): Promise<number> {
  const bytes = await store.read(runFiles.metrics);
  const found =
    bytes === undefined
      ? []
      : [
          ...readLines(bytes)
            .join('\n')
            .matchAll(/"seconds":(\d+(?:\.\d+)?)/g),
        ];
  return found.reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

/** Undefined while the run goes on, for a run of an older version, and when the file is damaged: it is only for people. */
export async function readResult(store: BlobStore): Promise<RunResult | undefined> {
  const bytes = await store.read(runFiles.result);
  if (bytes === undefined) return undefined;
  try {
    return runResultSchema.parse(JSON.parse(decodeUtf8(bytes)));
  } catch {
    return undefined;
  }
}
