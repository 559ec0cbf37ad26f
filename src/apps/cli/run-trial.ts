// Trains a trial's run in a process of its own, so that one that dies takes no other with it.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFolderStore } from '../../adapters/node/files.js';
import type { DeviceName } from '../../adapters/node/session.js';
import { DeviceError, RunError } from '../../core/errors.js';
import { runFiles } from '../../pipeline/train/run-folder.js';
import type { EpochReport, RunTrial, TrialRunResult } from '../../pipeline/tune/tune.js';
import type { TuneMessage, TuneTask } from './tune-worker.js';

/** Tests run the source, which Node cannot: the process runs what was built of it. */
const entry = import.meta.url.endsWith('.ts')
  ? new URL('../../../dist/apps/cli/tune-worker.js', import.meta.url)
  : new URL('./tune-worker.js', import.meta.url);

export interface TrialProcesses {
  readonly runTrial: RunTrial;
  /** Lets every process stop after its step, and save. */
  stop(): void;
}

/** `data`: the dataset's folder; `out`: the folder of the runs; `threads`: of each process. */
export function trialProcesses(options: {
  readonly data: string;
  readonly out: string;
  readonly device: DeviceName;
  readonly threads: number | undefined;
}): TrialProcesses {
  const running = new Set<ReturnType<typeof fork>>();
  const runTrial: RunTrial = async ({ config, folder }, onEpoch) => {
    const { data, out, device, threads } = options;
    const own = threads === undefined ? {} : { threads, workers: 1 };
    const parts = { ...own, ...(await partsOf(join(out, folder))) };
    const child = fork(fileURLToPath(entry), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.add(child);
    const task: TuneTask = {
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
      for (const child of running) if (child.connected) child.send({ goOn: false });
    },
  };
}

/** How a run that goes on was divided: that cannot change within it. Nothing for a new run. */
async function partsOf(folder: string): Promise<{ readonly threads?: unknown; readonly workers?: unknown }> {
  const bytes = await createFolderStore(folder).read(runFiles.config);
  if (bytes === undefined) return {};
  try {
    const { threads, workers } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    return { threads, workers };
  } catch {
    // The run itself says what is wrong with it.
    return {};
  }
}

function outcomeOf(
  child: ReturnType<typeof fork>,
  onEpoch: (report: EpochReport) => Promise<boolean>,
): Promise<TrialRunResult> {
  return new Promise((resolve, reject) => {
    let result: TrialRunResult | undefined;
    let failure: Error | undefined;
    child.on('message', (message: TuneMessage) => {
      if (message.kind === 'end') result = message.result;
      else if (message.kind === 'failure') {
        failure = message.isRunError ? new RunError(message.message) : new DeviceError(message.message);
      } else {
        onEpoch(message.report).then(
          (goOn) => child.connected && child.send({ goOn }),
          (error: unknown) => {
            failure = error instanceof Error ? error : new Error(String(error));
            if (child.connected) child.send({ goOn: false });
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
