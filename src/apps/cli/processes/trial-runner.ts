// Runs in the process of `moodlens tune`: starts a process (trial-process.ts) for each trial's run, so that one that dies takes no other
// with it, and answers what it reports.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../../adapters/node/built-file.js';
import { handOverNotice } from '../../../adapters/node/fallback-notice.js';
import { createFolderStore } from '../../../adapters/node/files.js';
import type { DeviceName } from '../../../adapters/node/session.js';
import { DeviceError, RunError } from '../../../core/errors.js';
import type { TrainConfig } from '../../../pipeline/train/config.js';
import { runFiles } from '../../../pipeline/train/run-folder.js';
import { type CoreShare, shareCores } from '../../../pipeline/train/share-cores.js';
import type { EpochReport, RunTrial, TrialRunResult } from '../../../pipeline/tune/tune.js';
import type { TrialAnswer, TrialMessage, TrialTask } from './trial-process.js';

const entry = builtFile('./trial-process.js', import.meta.url);

export interface TrialProcesses {
  readonly runTrial: RunTrial;
  /** Lets every process stop after its step, and save. */
  stop(): void;
}

/**
 * `data`: the dataset's folder; `out`: the folder of the runs; `cores`: for each process; `given`: the threads and workers of the search,
 * of which a process takes no more than its cores.
 */
export function trialProcesses(options: {
  readonly data: string;
  readonly out: string;
  readonly device: DeviceName;
  readonly cores: number;
  readonly given: Readonly<Record<string, unknown>>;
}): TrialProcesses {
  const running = new Set<ReturnType<typeof fork>>();
  let isStopped = false;
  const runTrial: RunTrial = async ({ config, folder }, onEpoch) => {
    const { data, out, device } = options;
    const parts = (await partsOf(join(out, folder))) ?? trialShare(config, options);
    if (isStopped) return { end: 'stopped', accuracy: Number.NaN, loss: Number.NaN };
    const child = fork(fileURLToPath(entry), {
      env: handOverNotice(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.add(child);
    const task: TrialTask = {
      data,
      config: { ...config, ...parts },
      folder: join(out, folder),
      device,
    };
    child.send(task);
    return outcomeOf(child, onEpoch).finally(() => running.delete(child));
  };
  return {
    runTrial,
    stop: () => {
      isStopped = true;
      for (const child of running) answer(child, { goOn: false });
    },
  };
}

/** What a new trial takes of its process's cores. */
export function trialShare(
  { batchSize, ghostBatch, threads, workers }: Pick<TrainConfig, 'batchSize' | 'ghostBatch' | 'threads' | 'workers'>,
  { cores, device, given }: { cores: number; device: DeviceName; given: Readonly<Record<string, unknown>> },
): CoreShare {
  const own = {
    ...('threads' in given ? { threads: Math.min(threads, cores) } : {}),
    ...('workers' in given ? { workers: Math.min(workers, cores) } : {}),
  };
  const isGpu = device === 'webgpu' || device === 'cuda';
  const shared = shareCores({ batchSize, ...(ghostBatch === null ? {} : { ghostBatch }), ...own }, { cores, isGpu });
  return { threads: shared.threads as number, workers: shared.workers as number };
}

/** The threads and workers of a run that is continued, which cannot change within it. Undefined for a new run. */
async function partsOf(
  folder: string,
): Promise<{ readonly threads?: unknown; readonly workers?: unknown } | undefined> {
  const bytes = await createFolderStore(folder).read(runFiles.config);
  if (bytes === undefined) return undefined;
  try {
    const { threads, workers } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    return { threads, workers };
  } catch {
    // The run's own process reports the damage.
    return undefined;
  }
}

function answer(child: ReturnType<typeof fork>, message: TrialAnswer): void {
  if (child.connected) child.send(message);
}

function outcomeOf(
  child: ReturnType<typeof fork>,
  onEpoch: (report: EpochReport) => Promise<boolean>,
): Promise<TrialRunResult> {
  return new Promise((resolve, reject) => {
    let result: TrialRunResult | undefined;
    let failure: Error | undefined;
    child.on('message', (message: TrialMessage) => {
      if (message.kind === 'end') result = message.result;
      else if (message.kind === 'failure') {
        failure = message.isRunError ? new RunError(message.message) : new DeviceError(message.message);
      } else {
        onEpoch(message.report).then(
          (goOn) => answer(child, { goOn }),
          (error: unknown) => {
            failure = error instanceof Error ? error : new Error(String(error));
            answer(child, { goOn: false });
          },
        );
      }
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (failure) reject(failure);
      else if (result) resolve(result);
      else reject(new DeviceError(`the process of the trial ended by itself (${signal ?? `code ${code}`})`));
    });
  });
}
