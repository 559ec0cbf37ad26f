// Training batches made ahead of the steps in worker threads, so that an engine never waits for augmentation.

import { Worker } from 'node:worker_threads';
import { DeviceError } from '../../../core/errors.js';
import type { Batch } from '../../../core/training/batch.js';
import {
  type BatchOptions,
  type BatchSource,
  type ClassBatchSource,
  TrainingBatches,
} from '../../../core/training/batches.js';
import { DetectionBatches, type DetectionBatchOptions } from '../../../core/training/detection/detection-batches.js';
import { builtFile } from '../built-file.js';
import { toShared } from './shared-memory.js';

export interface BatchRequest {
  readonly id: number;
  readonly epoch: number;
  readonly number: number;
}

export type BatchAnswer = { readonly id: number } & ({ readonly batch: Batch } | { readonly error: string });

/** What a thread makes batches of: samples with classes, or pictures with faces from the file of their pixels. */
export type BatchWork =
  | { readonly kind: 'classes'; readonly options: BatchOptions }
  | { readonly kind: 'faces'; readonly options: DetectionBatchOptions; readonly file: string };

export interface WorkerBatchesOptions {
  /** Default 1: one thread makes more pictures a second than a CPU can train on. */
  readonly threads?: number;
  /** Batches that are made before they are asked for, which is also how many are held; default: two more than threads. */
  readonly ahead?: number;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(batch: Batch): void; reject(error: Error): void }>;
}

const entry = builtFile('./batches-thread.js', import.meta.url);

/**
 * Each batch is a function of seed, epoch and number, so it does not matter which thread makes it, or when. Asking for one
 * sets the threads to work on those after it, across the end of an epoch too. Asked for in another order they come as
 * well, only not ahead.
 */
class ThreadedBatches implements BatchSource {
  readonly perEpoch: number;
  readonly #threads: readonly Thread[];
  readonly #ahead: number;
  /** Batches under way or ready, by their place in the run. */
  readonly #prepared = new Map<number, Promise<Batch>>();
  #failure: DeviceError | undefined;

  constructor(work: BatchWork, perEpoch: number, { threads = 1, ahead = threads + 2 }: WorkerBatchesOptions = {}) {
    this.perEpoch = perEpoch;
    this.#ahead = ahead;
    this.#threads = Array.from({ length: threads }, () => this.#start(work));
  }

  /** Throws DeviceError when a thread failed. The batch is the caller's: asked for again, it is made again. */
  async batch(epoch: number, number: number): Promise<Batch> {
    if (this.#failure !== undefined) throw this.#failure;
    const place = epoch * this.perEpoch + number;
    const last = place + this.#ahead;
    for (const other of this.#prepared.keys()) if (other < place || other > last) this.#prepared.delete(other);
    for (let next = place; next <= last; next++) {
      if (!this.#prepared.has(next)) this.#prepared.set(next, this.#make(next));
    }
    const batch = this.#prepared.get(place)!;
    this.#prepared.delete(place);
    return batch;
  }

  /** Ends the threads, whatever they are doing. */
  async release(): Promise<void> {
    this.#fail(new DeviceError('batches must be asked for before their source is released; start another source'));
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(work: BatchWork): Thread {
    const thread: Thread = { worker: new Worker(entry, { workerData: work }), waiting: new Map() };
    thread.worker.on('message', (answer: BatchAnswer) => {
      const waiting = thread.waiting.get(answer.id);
      thread.waiting.delete(answer.id);
      if ('batch' in answer) waiting?.resolve(answer.batch);
      else waiting?.reject(threadError(`fails: ${answer.error}`));
    });
    thread.worker.on('error', (error) => this.#fail(threadError(`ended: ${error}`, error)));
    thread.worker.on('exit', () => this.#fail(threadError('ended')));
    return thread;
  }

  /** No further batch comes, from any thread. Only the first reason counts. */
  #fail(reason: DeviceError): void {
    this.#failure ??= reason;
    for (const { waiting } of this.#threads) {
      for (const { reject } of waiting.values()) reject(this.#failure);
      waiting.clear();
    }
    this.#prepared.clear();
  }

  #make(place: number): Promise<Batch> {
    const idlest = this.#threads.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
    const batch = new Promise<Batch>((resolve, reject) => {
      idlest.waiting.set(place, { resolve, reject });
    });
    // It may never be asked for; when it is, the failure reaches who asks.
    batch.catch(() => undefined);
    const request: BatchRequest = {
      id: place,
      epoch: Math.floor(place / this.perEpoch),
      number: place % this.perEpoch,
    };
    idlest.worker.postMessage(request);
    return batch;
  }
}

/** The batches of `TrainingBatches`, bit for bit. */
export class WorkerBatches extends ThreadedBatches implements ClassBatchSource {
  /** For what is cheap enough to answer here. */
  readonly #here: TrainingBatches;

  constructor(options: BatchOptions, threading: WorkerBatchesOptions = {}) {
    const { samples } = options;
    const shared: BatchOptions = {
      ...options,
      samples: {
        ...samples,
        pixels: toShared(samples.pixels),
        classes: toShared(samples.classes),
        indices: toShared(samples.indices),
        softLabels: samples.softLabels && toShared(samples.softLabels),
        votes: samples.votes && toShared(samples.votes),
      },
    };
    const here = new TrainingBatches(shared);
    super({ kind: 'classes', options: shared }, here.perEpoch, threading);
    this.#here = here;
  }

  classes(epoch: number, number: number): Uint8Array {
    return this.#here.classes(epoch, number);
  }
}

/** The batches of `DetectionBatches`, bit for bit, of the pixels in a file (face-pixels.ts). */
export class WorkerFaceBatches extends ThreadedBatches {
  constructor(options: DetectionBatchOptions, file: string, threading: WorkerBatchesOptions = {}) {
    const shared = { ...options, indices: toShared(options.indices) };
    const unread = (): never => {
      throw new TypeError('WorkerFaceBatches: pictures are read in the threads');
    };
    super({ kind: 'faces', options: shared, file }, new DetectionBatches(shared, unread).perEpoch, threading);
  }
}

function threadError(found: string, cause?: unknown): DeviceError {
  return new DeviceError(
    `a thread that prepares batches must keep working, and it ${found}; free some memory if that is short, and resume the run`,
    { cause },
  );
}
