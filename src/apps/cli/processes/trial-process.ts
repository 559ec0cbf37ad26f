// A process that trains one run of a trial for `moodlens tune`, which started it: told what to train by a message, it tells of
// each epoch and goes on when told to.
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

export interface TuneTask {
  readonly data: string;
  readonly config: unknown;
  /** The run folder. */
  readonly folder: string;
  readonly device: DeviceName;
}

/** What the process says. Each `epoch` waits for an answer: `{ goOn }`. */
export type TuneMessage =
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'end'; readonly result: TrialRunResult }
  | { readonly kind: 'failure'; readonly message: string; readonly isRunError: boolean };

export interface TuneAnswer {
  readonly goOn: boolean;
}

let isStopped = false;
let hasBegun = false;
let isDone = false;
let answer: (goOn: boolean) => void = () => undefined;

// Ctrl-C reaches the whole group; the process that started us says what is to be done.
process.on('SIGINT', () => undefined);
// The search was killed. Another one goes on with this run, perhaps at once: nothing may be written here any more.
process.on('disconnect', () => {
  if (!isDone) process.kill(process.pid, 'SIGKILL');
});
process.once('message', (task: TuneTask) => {
  process.on('message', ({ goOn }: TuneAnswer) => {
    if (!goOn) isStopped = true;
    // Before the first step there is nothing to save.
    if (!goOn && !hasBegun) void say(stopped).finally(() => process.kill(process.pid, 'SIGKILL'));
    else answer(goOn);
  });
  void work(task)
    .then(say, (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      return say({ kind: 'failure', message, isRunError: error instanceof RunError || error instanceof ConfigError });
    })
    .finally(() => {
      isDone = true;
      process.exit();
    });
});

const stopped: TuneMessage = {
  kind: 'end',
  result: { end: 'stopped', accuracy: Number.NaN, loss: Number.NaN },
};

async function work({ data, config, folder, device }: TuneTask): Promise<TuneMessage> {
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
      if (!(await told(figures))) isStopped = true;
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

/** Tells of an epoch; whether to go on. */
async function told({
  epoch,
  validationAccuracy = Number.NaN,
  validationLoss = Number.NaN,
}: EpochFigures): Promise<boolean> {
  if (isStopped) return false;
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve;
  });
  await say({ kind: 'epoch', report: { epoch, accuracy: validationAccuracy, loss: validationLoss } });
  return answered;
}

function say(message: TuneMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, undefined, {}, () => resolve());
  });
}
