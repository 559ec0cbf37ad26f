// What a training run needs, in the process that trains (`moodlens train`, or the process of a trial): the data in shared memory,
// engines and batches in threads, clocks.
import { resolve } from 'node:path';
import { createFolderStore } from '../../../adapters/node/files.js';
import { readProgramFacts } from '../../../adapters/node/program-facts.js';
import type { DeviceName } from '../../../adapters/node/session.js';
import { WorkerBatches } from '../../../adapters/node/training/batches.js';
import { startCheckedEngine } from '../../../adapters/node/training/checked-engine.js';
import { toShared } from '../../../adapters/node/training/shared-memory.js';
import type { Progress } from '../../../core/ports/progress.js';
import type { StartBatches } from '../../../core/training/batches.js';
import { readDataset } from '../../../pipeline/data/read-dataset.js';
import { readPretrained } from '../../../pipeline/train/choose-pretrained.js';
import type { TrainConfig } from '../../../pipeline/train/config.js';
import type { StartEngine } from '../../../pipeline/train/train.js';
import type { MemberFiles } from '../../../pipeline/train/train-ensemble.js';
import { readModelFile } from '../arguments/model.js';
import { readTextFile } from '../arguments/text-file.js';

/** `data` is the dataset's folder. Throws DatasetError when there is none. */
export async function trainingParts(data: string, device: DeviceName, progress: Progress) {
  const read = await readDataset(createFolderStore(resolve(data)));
  return {
    // Shared by this thread and those that prepare batches.
    dataset: { ...read, pixels: toShared(read.pixels) },
    ...(await engineParts(device, progress)),
    startBatches: ((batchOptions, threads) => new WorkerBatches(batchOptions, { threads })) satisfies StartBatches,
  };
}

/** What every kind of training takes. */
export async function engineParts(device: DeviceName, progress: Progress) {
  return {
    program: { ...(await readProgramFacts(device)), device },
    startEngine: ((architecture, architectureOptions, { batchSize, sides, ...engineOptions }) =>
      startCheckedEngine(
        { architecture, architectureOptions, device, ...engineOptions },
        { batchSize, sides, note: (text) => progress.note(text) },
      )) satisfies StartEngine,
    progress,
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
  };
}

/** The files that a configuration names. */
export async function readTrainingFiles({
  votes,
  distillation,
  splitFile,
  pretrained,
}: TrainConfig): Promise<MemberFiles> {
  return {
    votes: votes === null ? undefined : await readTextFile(votes.file),
    teacher:
      distillation === null
        ? undefined
        : await readModelFile(distillation.teacher, 'distillation.teacher must name a model.onnx'),
    splits: splitFile === null ? undefined : await readTextFile(splitFile),
    pretrained: pretrained === null ? undefined : await readPretrained(createFolderStore(resolve(pretrained.run))),
  };
}
