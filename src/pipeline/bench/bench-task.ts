// The task of a measurement's process, and its answer. Each task has a process of its own, so that its memory can be measured.
import type { ArchitectureName } from '../../core/nn/architectures/create-architecture.js';
import type { BenchRuntime } from './config.js';
import type { InferenceDurations } from './measure-inference.js';

export interface InferenceTask {
  readonly kind: 'inference';
  readonly model: ModelSource;
  readonly runtime: BenchRuntime;
  readonly threads: number;
  readonly batch: number;
  readonly calls: number;
  /** Default: no limit. */
  readonly seconds?: number | undefined;
}

/** A model file, or a network with its initial weights, which is as fast as a trained one. */
export type ModelSource = { readonly file: string } | { readonly architecture: ArchitectureName };

export interface TrainingTask {
  readonly kind: 'train';
  readonly architecture: ArchitectureName;
  readonly batch: number;
  readonly steps: number;
  readonly threads: number;
  readonly workers: number;
  readonly ghostBatch: number | null;
}

/** Other implementations of the network `original`. */
export const peerNames = ['keras-predict', 'keras-call', 'torch'] as const;
export type PeerName = (typeof peerNames)[number];

export interface PeerTask {
  readonly kind: 'peer';
  readonly peer: PeerName;
  readonly threads: number;
  readonly calls: number;
  /** Default: no limit. */
  readonly seconds?: number | undefined;
}

export type BenchTask = InferenceTask | TrainingTask | PeerTask;

export interface ProcessMemory {
  /** Peak resident memory of the process, MiB. */
  readonly memoryMb: number;
  /** The part of it above the loaded program: runtime, model and their working memory, MiB. */
  readonly addedMemoryMb: number;
}

export interface InferenceAnswer extends InferenceDurations, ProcessMemory {}

export interface TrainingAnswer extends ProcessMemory {
  /** Milliseconds of each step. */
  readonly durationsMs: number[];
}

export interface PeerAnswer extends Pick<ProcessMemory, 'memoryMb'> {
  readonly version: string;
  /** Running statistics included. */
  readonly parameters: number;
  /** Milliseconds of each call. */
  readonly durationsMs: number[];
}

interface BenchAnswers {
  readonly inference: InferenceAnswer;
  readonly train: TrainingAnswer;
  readonly peer: PeerAnswer;
}

/** The answer of a task's process. */
export type BenchAnswer<T extends BenchTask> = BenchAnswers[T['kind']];

/** Runs a task in a process of its own. Throws DeviceError when it does not finish. */
export type RunBenchTask = <T extends BenchTask>(task: T) => Promise<BenchAnswer<T>>;
