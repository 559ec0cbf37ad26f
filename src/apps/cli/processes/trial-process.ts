// Runs in a process of its own, which trial-runner.ts in the process of `moodlens tune` starts: trains one run of a trial. The first
// message is its task; it reports each epoch and waits for the answer.
import { basename } from 'node:path';
import { createFolderStore } from '../../../adapters/node/files.js';
import type { DeviceName } from '../../../adapters/node/session.js';
import { ConfigError, RunError } from '../../../core/errors.js';
import { silentProgress } from '../../../core/ports/progress.js';
import type { EpochFigures } from '../../../core/training/trainer-state.js';
import { parseTrainConfig } from '../../../pipeline/train/config.js';
import { runFiles } from '../../../pipeline/train/run-folder.js';
import { trainRun } from '../../../pipeline/train/train.js';
import type { EpochReport, TrialRunResult } from '../../../pipeline/tune/tune.js';
import { readTrainingFiles, trainingParts } from './training-parts.js';

export interface TrialTask {
  readonly data: string;
  readonly config: unknown;
  /** The run folder. */
  readonly folder: string;
  readonly device: DeviceName;
}

/** What the process sends. Each `epoch` waits for a `TrialAnswer`. */
export type TrialMessage =
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'end'; readonly result: TrialRunResult }
  | { readonly kind: 'failure'; readonly message: string; readonly isRunError: boolean };

/** What the process is sent after its task. */
export interface TrialAnswer {
  readonly goOn: boolean;
}

let isStopped = false;
let hasBegun = false;
let isDone = false;
let answer: (goOn: boolean) => void = () => undefined;

// Ctrl-C reaches the whole process group; the runner decides what happens.
process.on('SIGINT', () => undefined);
// The runner's process is gone. Another search continues this run, perhaps at once: nothing may be written here any more.
process.on('disconnect', () => {
  if (!isDone) process.kill(process.pid, 'SIGKILL');
});
process.once('message', (task: TrialTask) => {
  process.on('message', ({ goOn }: TrialAnswer) => {
    if (!goOn) isStopped = true;
    // Before the first step there is nothing to save.
    if (!goOn && !hasBegun) void send(stopped).finally(() => process.kill(process.pid, 'SIGKILL'));
    else answer(goOn);
  });
  void trainTrial(task)
    .then(send, (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      return send({ kind: 'failure', message, isRunError: error instanceof RunError || error instanceof ConfigError });
    })
    .finally(() => {
      isDone = true;
      process.exit();
    });
});

const stopped: TrialMessage = {
  kind: 'end',
  result: { end: 'stopped', accuracy: Number.NaN, loss: Number.NaN },
};

async function trainTrial({ data, config, folder, device }: TrialTask): Promise<TrialMessage> {
  const store = createFolderStore(folder);
  const history: EpochFigures[] = [];
  const parsed = parseTrainConfig(config);
  const result = await trainRun({
    ...(await trainingParts(data, device, silentProgress)),
    ...(await readTrainingFiles(parsed)),
    config: parsed,
    store,
    resume: (await store.read(runFiles.run)) !== undefined,
    name: basename(folder),
    shouldStop: () => {
      hasBegun = true;
      return isStopped;
    },
    onEpoch: async (figures) => {
      history.push(figures);
      if (!(await reportEpoch(figures))) isStopped = true;
    },
  });
  const last = history.at(-1);
  if (result.end === 'stopped' || result.validation === null) return stopped;
  const kept =
    parsed.keep === 'best'
      ? Math.min(...history.map(({ validationLoss }) => validationLoss ?? Number.NaN))
      : last?.validationLoss;
  return { kind: 'end', result: { end: 'finished', accuracy: result.validation.accuracy, loss: kept ?? Number.NaN } };
}

/** Reports an epoch; whether to continue. */
async function reportEpoch({
  epoch,
  validationAccuracy = Number.NaN,
  validationLoss = Number.NaN,
}: EpochFigures): Promise<boolean> {
  if (isStopped) return false;
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve;
  });
  await send({ kind: 'epoch', report: { epoch, accuracy: validationAccuracy, loss: validationLoss } });
  return answered;
}

function send(message: TrialMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, undefined, {}, () => resolve());
  });
}
