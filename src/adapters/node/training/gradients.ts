// A source of gradients in a thread of its own. Weights and gradients go through shared memory; the batch is handed over.

import { Worker } from 'node:worker_threads';
import { DeviceError } from '../../../core/errors.js';
import { parametersOf } from '../../../core/nn/architectures/architecture.js';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import type { Weights } from '../../../core/nn/architectures/parameters.js';
import { elements } from '../../../core/nn/layers/layer.js';
import { type Batch, batchArrays } from '../../../core/training/batch.js';
import type { GradientOptions } from '../../../core/training/engine.js';
import type { BatchGradients, GradientSource } from '../../../core/training/gradient-source.js';
import { builtFile } from '../built-file.js';
import { withoutNotice } from '../fallback-notice.js';
import '../runtime-telemetry.js';
import type { WorkerEngineOptions } from './engine.js';
import { type PackedError, unpackError } from './thread-error.js';

export type GradientThreadOptions = Omit<GradientOptions, 'formulas'> &
  Pick<WorkerEngineOptions, 'architecture' | 'architectureOptions' | 'device'>;

export interface GradientThreadData {
  readonly options: GradientThreadOptions;
  readonly weights: SharedArrayBuffer;
  readonly gradients: SharedArrayBuffer;
}

/** What the thread answers; the gradients themselves are in the shared memory. */
export type GradientReply =
  | { readonly result: Omit<BatchGradients, 'gradients'>; readonly error?: undefined }
  | { readonly result?: undefined; readonly error: PackedError };

const entry = builtFile('./gradients-thread.js', import.meta.url);

/** One view per name into the memory, one after the other. ONNX Runtime takes no shared memory: copy from and to these. */
export function sharedViews(
  parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
  memory?: SharedArrayBuffer,
): { memory: SharedArrayBuffer; views: Map<string, Float32Array> } {
  const count = parameters.reduce((sum, { shape }) => sum + elements(shape), 0);
  const shared = memory ?? new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT);
  const views = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, shape } of parameters) {
    views.set(name, new Float32Array(shared, offset, elements(shape)));
    offset += elements(shape) * Float32Array.BYTES_PER_ELEMENT;
  }
  return { memory: shared, views };
}

/** One batch at a time. */
export class ThreadGradients implements GradientSource {
  readonly #worker: Worker;
  readonly #weights: Map<string, Float32Array>;
  readonly #gradients: Map<string, Float32Array>;
  #waiting: { resolve(reply: BatchGradients): void; reject(error: unknown): void } | undefined;
  #ended: DeviceError | undefined;

  constructor(options: GradientThreadOptions) {
    const parameters = parametersOf(createArchitecture(options.architecture, options.architectureOptions));
    const weights = sharedViews(parameters);
    const gradients = sharedViews(parameters.filter(({ trainable }) => trainable));
    this.#weights = weights.views;
    this.#gradients = gradients.views;
    const workerData: GradientThreadData = { options, weights: weights.memory, gradients: gradients.memory };
    this.#worker = new Worker(entry, { workerData, env: withoutNotice() });
    this.#worker.on('message', ({ result, error }: GradientReply) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (result === undefined) waiting?.reject(unpackError(error));
      else waiting?.resolve({ ...result, gradients: this.#gradients });
    });
    const fail = (cause: unknown): void => {
      this.#ended ??= new DeviceError('every training thread must keep running, and one ended; resume the run', {
        cause,
      });
      this.#waiting?.reject(this.#ended);
      this.#waiting = undefined;
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', fail);
  }

  /** Takes the batch's arrays over: they cannot be used afterwards. */
  gradients(weights: Weights, batch: Batch): Promise<BatchGradients> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    for (const [name, view] of this.#weights) view.set(weights.get(name)!);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.postMessage(
        batch,
        batchArrays(batch).map((array) => array.buffer as ArrayBuffer),
      );
    });
  }

  async release(): Promise<void> {
    await this.#worker.terminate();
  }
}
