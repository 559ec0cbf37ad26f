// A worker thread that makes training batches: all of its memory but the batches is shared with the thread that asks.
import { parentPort, workerData } from 'node:worker_threads';
import { batchArrays } from '../../../core/training/batch.js';
import { TrainingBatches } from '../../../core/training/batches.js';
import { DetectionBatches } from '../../../core/training/detection/detection-batches.js';
import type { BatchAnswer, BatchRequest, BatchWork } from './batches.js';
import { FacePixels } from './face-pixels.js';

const batches = create(workerData as BatchWork);

function create(work: BatchWork): TrainingBatches | DetectionBatches {
  if (work.kind === 'classes') return new TrainingBatches(work.options);
  const pixels = new FacePixels(work.file, work.options.pictures);
  return new DetectionBatches(work.options, (index) => pixels.read(index));
}

parentPort!.on('message', ({ id, epoch, number }: BatchRequest) => {
  try {
    const batch = batches.batch(epoch, number);
    parentPort!.postMessage(
      { id, batch } satisfies BatchAnswer,
      batchArrays(batch).map((array) => array.buffer as ArrayBuffer),
    );
  } catch (error) {
    parentPort!.postMessage({ id, error: String(error) } satisfies BatchAnswer);
  }
});
