// A training engine in a worker thread, so that this thread answers signals and draws progress meanwhile.

import { Worker } from 'node:worker_threads';
import { DeviceError } from '../../../core/errors.js';
import type { ArchitectureOptions } from '../../../core/nn/architectures/architecture.js';
import { type ArchitectureName, createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import { buildTrainingGraph } from '../../../core/nn/graphs/training-graph.js';
import type { Mask } from '../../../core/nn/layers/layer.js';
import { type Batch, batchArrays, type StepResult } from '../../../core/training/batch.js';
import type { TeacherOptions } from '../../../core/training/distilling-engine.js';
import type { EngineOptions, EngineState, TrainingEngine } from '../../../core/training/engine.js';
import type { GradientCheck, GradientCheckOptions } from '../../../core/training/gradient-check.js';
import { builtFile } from '../built-file.js';
import { handOverNotice } from '../fallback-notice.js';
import '../runtime-telemetry.js';
import type { DeviceName } from '../session.js';
import { type PackedError, unpackError } from './thread-error.js';

export interface WorkerEngineOptions extends Omit<EngineOptions, 'formulas'> {
  readonly architecture: ArchitectureName;
  readonly architectureOptions: ArchitectureOptions;
  /** Of an engine that learns by distillation. */
  readonly teacher?: TeacherOptions | undefined;
  /** Default 'cpu'. */
  readonly device?: DeviceName | undefined;
}

export type CheckRequest = Pick<GradientCheckOptions, 'tolerance' | 'batchSize' | 'sides'>;

export type EngineRequest =
  | { kind: 'step'; batch: Batch; learningRate: number }
  | { kind: 'predict'; pixels: Float32Array | Uint8Array; size: number }
  | { kind: 'check'; options: CheckRequest }
  | { kind: 'state' }
  | { kind: 'restore'; state: EngineState }
  | { kind: 'release' };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const entry = builtFile('./engine-thread.js', import.meta.url);

export class WorkerEngine implements TrainingEngine {
  readonly masks: readonly Mask[];
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #ended: DeviceError | undefined;

  constructor(options: WorkerEngineOptions) {
    this.masks = buildTrainingGraph(createArchitecture(options.architecture, options.architectureOptions), 1).masks;
    this.#worker = new Worker(entry, { workerData: options, env: handOverNotice() });
    this.#worker.on('message', ({ id, result, error }: { id: number; result: unknown; error?: PackedError }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(unpackError(error));
    });
    const fail = (cause: unknown): void => {
      const error = new DeviceError('the training thread must keep running, and it ended; resume the run', { cause });
      this.#ended ??= error;
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', fail);
  }

  /** Takes the batch's arrays over: they cannot be used afterwards. */
  step(batch: Batch, learningRate: number): Promise<StepResult> {
    return this.#ask({ kind: 'step', batch, learningRate }, batchArrays(batch)) as Promise<StepResult>;
  }

  predict(pixels: Float32Array | Uint8Array, size: number): Promise<Float32Array> {
    return this.#ask({ kind: 'predict', pixels, size }, [pixels]) as Promise<Float32Array>;
  }

  /** Compares the device with the CPU before training; throws DeviceError when it computes otherwise. */
  check(options: CheckRequest): Promise<GradientCheck> {
    return this.#ask({ kind: 'check', options }) as Promise<GradientCheck>;
  }

  state(): Promise<EngineState> {
    return this.#ask({ kind: 'state' }) as Promise<EngineState>;
  }

  async restore(state: EngineState): Promise<void> {
    await this.#ask({ kind: 'restore', state });
  }

  async release(): Promise<void> {
    if (this.#ended !== undefined) return;
    try {
      await this.#ask({ kind: 'release' });
    } finally {
      // Whatever could not be released, the thread must not keep the process alive.
      await this.#worker.terminate();
    }
  }

  #ask(request: EngineRequest, arrays: readonly (Float32Array | Uint8Array)[] = []): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#count++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(
        { id, request },
        arrays.map((array) => array.buffer as ArrayBuffer),
      );
    });
  }
}
