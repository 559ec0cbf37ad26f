// The study case's network in our runtime beside Keras and PyTorch, one picture per call, all in one run. It divides the
// published speed-up of 26.7 over `Model.predict` into the overhead of `predict` and the runtime.
import { DeviceError } from '../../core/errors.js';
import { countParameters } from '../../core/nn/architectures/architecture.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { median } from '../../core/numbers/median.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { type PeerName, peerNames, type RunBenchTask } from './bench-task.js';
import type { BenchConfig, BenchRuntime } from './config.js';
import { type LatencyFigures, latencyFigures, round, sum } from './latency-figures.js';

export type EngineName = 'moodlens' | PeerName;
const engineNames: readonly EngineName[] = ['moodlens', ...peerNames];

export interface PeerFigures {
  readonly engine: EngineName;
  readonly threads: number;
  readonly calls: number;
  /** Milliseconds from a tensor to the probabilities in the caller's memory. */
  readonly latencyMs: LatencyFigures;
  /** Our median latency as a share of this engine's: the median over the rounds, within each of which both were measured. */
  readonly oursOverThis: number;
  /** Peak resident memory of the process, MiB. */
  readonly memoryMb: number;
}

/** Many calls in a row, as the study case timed them. */
export interface PeerLoop {
  readonly calls: number;
  /** All calls together. */
  readonly seconds: Readonly<Record<EngineName, number>>;
  /** Keras' `predict` over ours: the published comparison. The product of the two that follow. */
  readonly predictOverOurs: number;
  /** The factor that `predict` adds to a direct call of the same model. */
  readonly predictOverCall: number;
  /** The factor of the runtime. */
  readonly callOverOurs: number;
}

export interface PeersBench {
  readonly architecture: string;
  readonly parameters: number;
  readonly runtime: BenchRuntime;
  readonly versions: Readonly<Partial<Record<EngineName, string>>>;
  readonly results: readonly PeerFigures[];
  /** With the highest number of threads. */
  readonly loops: readonly PeerLoop[];
}

export interface PeersBenchRequest {
  readonly config: Pick<BenchConfig, 'runtimes' | 'threads' | 'rounds' | 'calls' | 'seconds' | 'peerCalls'>;
  readonly runTask: RunBenchTask;
  readonly progress?: Progress;
}

interface EngineAnswer {
  readonly durationsMs: readonly number[];
  readonly memoryMb: number;
}

const architecture = 'original';

/** Throws DeviceError when a peer's network is not the same, and what `runTask` throws. */
export async function benchPeers(request: PeersBenchRequest): Promise<PeersBench> {
  const { config, progress = silentProgress } = request;
  const parameters = countParameters(createArchitecture(architecture, { classes: 7 }));
  const runtime = config.runtimes.includes('node') ? 'node' : 'web';
  const versions: Partial<Record<EngineName, string>> = {};
  const run = engineRunner(request, { runtime, parameters, versions });
  const rows = config.threads.flatMap((threads) => engineNames.map((engine) => ({ engine, threads })));
  const answers = rows.map((): EngineAnswer[] => []);
  const total = config.rounds * rows.length + engineNames.length;
  let done = 0;
  const next = () => progress.update(done++, total, 'peers');
  for (let turn = 0; turn < config.rounds; turn++) {
    for (const [i, row] of rows.entries()) {
      next();
      answers[i]!.push(await run({ ...row, calls: config.calls, seconds: config.seconds }));
    }
  }
  const durations = new Map<EngineName, readonly number[]>();
  for (const engine of engineNames) {
    next();
    const calls = Math.max(...config.peerCalls);
    durations.set(engine, (await run({ engine, threads: Math.max(...config.threads), calls })).durationsMs);
  }
  next();
  return {
    ...{ architecture, parameters, runtime, versions },
    results: rows.map((row, i) => {
      const ours = answers[rows.findIndex(({ engine, threads }) => engine === 'moodlens' && threads === row.threads)]!;
      return { ...row, ...figuresOf(answers[i]!, ours) };
    }),
    loops: config.peerCalls.map((calls) => loopOf(durations, calls)),
  };
}

interface EngineRun {
  readonly engine: EngineName;
  readonly threads: number;
  readonly calls: number;
  readonly seconds?: number;
}

function engineRunner(
  { runTask }: PeersBenchRequest,
  { runtime, parameters, versions }: Pick<PeersBench, 'runtime' | 'parameters'> & { versions: Record<string, string> },
) {
  return async ({ engine, ...options }: EngineRun): Promise<EngineAnswer> => {
    if (engine === 'moodlens') {
      const task = { kind: 'inference' as const, model: { architecture } as const, runtime, batch: 1, ...options };
      const { durationsMs, memoryMb } = await runTask(task);
      // All engines get a tensor: preprocessing is not measured.
      return { durationsMs: durationsMs.inference, memoryMb };
    }
    const answer = await runTask({ kind: 'peer', peer: engine, ...options });
    if (answer.parameters !== parameters) {
      throw new DeviceError(
        `peers must run the same network, and that of ${engine} has ${answer.parameters} parameters, not ${parameters}; mend its program`,
      );
    }
    versions[engine] = answer.version;
    return answer;
  };
}

function figuresOf(answers: readonly EngineAnswer[], ours: readonly EngineAnswer[]) {
  const calls = answers.flatMap(({ durationsMs }) => durationsMs);
  const ratios = answers.map(({ durationsMs }, turn) => median(ours[turn]!.durationsMs) / median(durationsMs));
  return {
    calls: calls.length,
    latencyMs: latencyFigures(calls),
    oursOverThis: round(median(ratios)),
    memoryMb: Math.max(...answers.map(({ memoryMb }) => memoryMb)),
  };
}

function loopOf(durations: ReadonlyMap<EngineName, readonly number[]>, calls: number): PeerLoop {
  const secondsOf = (engine: EngineName) => sum(durations.get(engine)!.slice(0, calls)) / 1000;
  const [ours, predict, call, torch] = (['moodlens', 'keras-predict', 'keras-call', 'torch'] as const).map(
    secondsOf,
  ) as [number, number, number, number];
  return {
    calls,
    seconds: {
      ...{ moodlens: round(ours), 'keras-predict': round(predict), 'keras-call': round(call), torch: round(torch) },
    },
    predictOverOurs: round(predict / ours),
    predictOverCall: round(predict / call),
    callOverOurs: round(call / ours),
  };
}
