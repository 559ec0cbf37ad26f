// Measures expression models in every configuration: latency, throughput, memory.
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { InferenceAnswer, InferenceTask, ModelSource, RunBenchTask } from './bench-task.js';
import type { BenchConfig, BenchRuntime } from './config.js';
import { runInTurn } from './in-turn.js';
import { type LatencyFigures, latencyFigures, round, sum } from './latency-figures.js';
import type { StageDurations } from './measure-inference.js';

export interface BenchModel {
  readonly name: string;
  readonly source: ModelSource;
  readonly form: 'float32' | 'int8';
  readonly bytes: number;
  readonly parameters: number;
  /** For one picture. */
  readonly multiplyAdds: number;
}

export interface InferenceFigures {
  readonly model: string;
  readonly runtime: BenchRuntime;
  readonly threads: number;
  readonly batch: number;
  /** Number of calls behind the figures. */
  readonly calls: number;
  /** Milliseconds of a whole call, from faces in colour to predictions, and of its parts. */
  readonly latencyMs: LatencyFigures & Readonly<Record<keyof StageDurations, LatencyFigures>>;
  /** Pictures per second of whole calls. */
  readonly imagesPerSecond: number;
  /** Time to read the model and open its session, milliseconds; the fastest round. */
  readonly openMs: number;
  /** Peak resident memory of a process that only does this, MiB. */
  readonly memoryMb: number;
  /** The part of it due to runtime, model and calls, MiB. */
  readonly addedMemoryMb: number;
}

export interface InferenceBench {
  readonly models: readonly Omit<BenchModel, 'source'>[];
  readonly rounds: number;
  readonly results: readonly InferenceFigures[];
}

export interface InferenceBenchRequest {
  readonly models: readonly BenchModel[];
  readonly config: Pick<BenchConfig, 'runtimes' | 'batches' | 'threads' | 'rounds' | 'calls' | 'seconds'>;
  readonly runTask: RunBenchTask;
  readonly progress?: Progress;
}

interface Configuration {
  readonly model: string;
  readonly task: InferenceTask;
}

/** Throws what `runTask` throws. */
export async function benchInference(request: InferenceBenchRequest): Promise<InferenceBench> {
  const { models, config, runTask, progress = silentProgress } = request;
  const configurations = configurationsOf(models, config);
  const tasks = configurations.map(({ task }) => task);
  const answers = await runInTurn(tasks, { rounds: config.rounds, runTask, progress, what: 'configurations' });
  return {
    models: models.map(({ source: _, ...facts }) => facts),
    rounds: config.rounds,
    results: configurations.map((configuration, i) => figuresOf(configuration, answers[i]!)),
  };
}

function configurationsOf(
  models: readonly BenchModel[],
  { runtimes, batches, threads, calls, seconds }: InferenceBenchRequest['config'],
): Configuration[] {
  return models.flatMap(({ name, source }) =>
    runtimes.flatMap((runtime) =>
      threads.flatMap((count) =>
        batches.map((batch) => ({
          model: name,
          task: { kind: 'inference' as const, model: source, runtime, threads: count, batch, calls, seconds },
        })),
      ),
    ),
  );
}

/** The calls of all rounds together. */
function figuresOf({ model, task }: Configuration, answers: readonly InferenceAnswer[]): InferenceFigures {
  const all = (stage: keyof StageDurations) => answers.flatMap(({ durationsMs }) => durationsMs[stage]);
  const stages = [all('preprocessing'), all('inference'), all('postprocessing')] as const;
  const [preprocessing, inference, postprocessing] = stages;
  const whole = inference.map((durationMs, i) => preprocessing[i]! + durationMs + postprocessing[i]!);
  return {
    ...{ model, runtime: task.runtime, threads: task.threads, batch: task.batch, calls: whole.length },
    latencyMs: {
      ...latencyFigures(whole),
      preprocessing: latencyFigures(preprocessing),
      inference: latencyFigures(inference),
      postprocessing: latencyFigures(postprocessing),
    },
    imagesPerSecond: round((1000 * task.batch * whole.length) / sum(whole)),
    openMs: round(Math.min(...answers.map(({ openMs }) => openMs))),
    memoryMb: Math.max(...answers.map(({ memoryMb }) => memoryMb)),
    addedMemoryMb: Math.max(...answers.map(({ addedMemoryMb }) => addedMemoryMb)),
  };
}
