// A worker thread that makes training batches: all of its memory but the batches is shared with the thread that asks.
import { parentPort, workerData } from 'node:worker_threads';
import { type BatchOptions, TrainingBatches } from '../../../core/training/batches.js';
import { batchArrays } from '../../../core/training/engine.js';
import type { BatchAnswer, BatchRequest } from './batches.js';

const batches = new TrainingBatches(workerData as BatchOptions);

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
