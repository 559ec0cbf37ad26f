// Images per second of training steps on the reference network, for each way of dividing a batch.
import { countParameters } from '../../core/nn/architectures/architecture.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { median } from '../../core/numbers/median.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { RunBenchTask, TrainingTask } from './bench-task.js';
import type { BenchConfig } from './config.js';
import { runInTurn } from './in-turn.js';
import { round } from './latency-figures.js';

export interface TrainingBench {
  /** Of the fastest engine. */
  readonly imagesPerSecond: number;
  readonly architecture: string;
  readonly parameters: number;
  /** Pictures in a step. */
  readonly batch: number;
  readonly threads: number;
  readonly rounds: number;
  readonly engines: readonly EngineFigures[];
}

export interface EngineFigures {
  /** Keys of a training configuration. */
  readonly workers: number;
  readonly ghostBatch: number | null;
  /** From the median of all steps. */
  readonly imagesPerSecond: number;
  /** Peak resident memory of the process, MiB. */
  readonly memoryMb: number;
}

export interface TrainingBenchRequest {
  readonly config: Pick<BenchConfig, 'threads' | 'rounds' | 'steps'>;
  readonly runTask: RunBenchTask;
  readonly progress?: Progress;
}

const architecture = 'reference';
const batch = 64;

/** With the largest number of threads. Throws what `runTask` throws. */
export async function benchTrain({
  config,
  runTask,
  progress = silentProgress,
}: TrainingBenchRequest): Promise<TrainingBench> {
  const { rounds, steps } = config;
  const threads = Math.max(...config.threads);
  const tasks = waysToDivide(threads).map(
    (way): TrainingTask => ({ kind: 'train', architecture, batch, steps, threads, ...way }),
  );
  const answers = await runInTurn(tasks, { rounds, runTask, progress, what: 'engines' });
  const engines = tasks.map(({ workers, ghostBatch }, i) => ({
    ...{ workers, ghostBatch },
    imagesPerSecond: round((1000 * batch) / median(answers[i]!.flatMap(({ durationsMs }) => durationsMs))),
    memoryMb: Math.max(...answers[i]!.map(({ memoryMb }) => memoryMb)),
  }));
  return {
    imagesPerSecond: Math.max(...engines.map((engine) => engine.imagesPerSecond)),
    ...{ architecture, parameters: countParameters(createArchitecture(architecture, { classes: 7 })) },
    ...{ batch, threads, rounds, engines },
  };
}

/** One worker with all threads, a worker for each thread, and those with batch normalisation over small parts. */
function waysToDivide(threads: number): Pick<TrainingTask, 'workers' | 'ghostBatch'>[] {
  const one = { workers: 1, ghostBatch: null };
  if (threads === 1) return [one];
  return [one, { workers: threads, ghostBatch: null }, { workers: threads, ghostBatch: 16 }];
}
