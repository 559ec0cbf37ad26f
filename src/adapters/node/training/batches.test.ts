import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWith } from '../../../../tests/requirements.js';
import { DeviceError } from '../../../core/errors.js';
import { createRandom } from '../../../core/numbers/random.js';
import { type BatchOptions, TrainingBatches } from '../../../core/training/batches.js';
import { WorkerBatches } from './batches.js';
import { toShared } from './shared-memory.js';

const entry = fileURLToPath(new URL('../../../../dist/adapters/node/training/batches-thread.js', import.meta.url));
const built = { path: entry, missing: existsSync(entry) ? undefined : 'the build (npm run build)' };

const [side, count] = [20, 23];
const random = createRandom(1);
const options: BatchOptions = {
  samples: {
    width: side,
    height: side,
    pixels: Uint8Array.from({ length: count * side * side }, () => random.integer(256)),
    classes: Uint8Array.from({ length: count }, (_, i) => i % 3),
    indices: Int32Array.from({ length: count - 1 }, (_, i) => i + 1),
    votes: Float32Array.from({ length: 2 * count }, (_, i) => [0.4, 0.6][i % 2]!),
    softLabels: Float32Array.from({ length: 3 * count }, (_, i) => [0.2, 0.3, 0.5][i % 3]!),
  },
  view: { width: 18, height: 18 },
  classCount: 3,
  batchSize: 5,
  seed: 3,
  labelSmoothing: 0.1,
  softLabelWeight: 0.5,
  auxiliaryWeight: 0.3,
  classWeights: [1, 2, 0.5],
  mixup: { alpha: 0.4 },
  augmentation: {
    flip: 0.5,
    rotation: 20,
    zoom: [0.8, 1.2],
    shift: 0.1,
    light: { probability: 0.5, gamma: [0.5, 2], side: 0.5, blur: 0.05, noise: 10 },
    erasing: { probability: 0.5, area: [0.1, 0.3] },
  },
  progressive: [{ side: 12, epochs: 1 }],
  masks: [
    { name: 'mask0', shape: [3, 3], rate: 0.3 },
    { name: 'mask1', shape: [7], rate: 0.5 },
  ],
};
/** More than an array can hold: the thread cannot make such a batch. */
const impossible: BatchOptions = { ...options, masks: [{ name: 'mask0', shape: [2 ** 40], rate: 0.5 }] };

const workers: Worker[] = [];
const collect = (worker: Worker) => workers.push(worker);
let source: WorkerBatches | undefined;

/** Waits until Node has told of the threads, which the source keeps to itself. */
async function start(batchOptions = options, threads = 1): Promise<WorkerBatches> {
  source = new WorkerBatches(batchOptions, { threads });
  await new Promise((resolve) => setImmediate(resolve));
  return source;
}

beforeEach(() => {
  workers.length = 0;
  process.on('worker', collect);
});
afterEach(async () => {
  process.off('worker', collect);
  await source?.release();
  source = undefined;
});

describeWith(built, 'batches from worker threads', () => {
  test.each([1, 3])('are those made here, bit for bit, over epochs and sizes, from %i threads', async (threads) => {
    const here = new TrainingBatches(options);
    const there = await start(options, threads);
    expect(workers).toHaveLength(threads);
    expect(there.perEpoch).toBe(4);
    for (let epoch = 0; epoch < 3; epoch++) {
      for (let number = 0; number < 4; number++) {
        const batch = await there.batch(epoch, number);
        expect(batch).toEqual(here.batch(epoch, number));
        expect(batch.side).toBe(epoch === 0 ? 12 : 18);
        expect(there.classes(epoch, number)).toEqual(here.classes(epoch, number));
      }
    }
  });

  test('come in any order, and again', async () => {
    const here = new TrainingBatches(options);
    const there = await start(options, 2);
    for (const [epoch, number] of [
      [1, 2],
      [1, 3],
      [0, 0],
      [0, 0],
      [5, 1],
    ] as const) {
      expect(await there.batch(epoch, number)).toEqual(here.batch(epoch, number));
    }
  });

  test('are asked for ahead, across the end of an epoch', async () => {
    const there = await start();
    await there.batch(0, 3);
    const asked: unknown[] = [];
    const [worker] = workers as [Worker];
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: unknown) => {
      asked.push(message);
      post(message);
    };
    await there.batch(1, 0);
    // The three after it; the first two of those were asked for with the batch before.
    expect(asked).toEqual([{ id: 7, epoch: 1, number: 3 }]);
  });

  test('share the pictures with their thread', async () => {
    const pixels = toShared(options.samples.pixels.slice());
    expect(toShared(pixels)).toBe(pixels);
    const plain: BatchOptions = {
      ...options,
      samples: { ...options.samples, pixels },
      augmentation: null,
      mixup: null,
      progressive: [],
    };
    const there = await start(plain);
    expect((await there.batch(0, 0)).pixels.some((value) => value !== 9)).toBe(true);
    pixels.fill(9);
    expect((await there.batch(4, 0)).pixels.every((value) => value === 9)).toBe(true);
  });

  test('a batch that cannot be made is an error where it is asked for, and not before', async () => {
    const there = await start(impossible);
    await expect(there.batch(0, 0)).rejects.toThrow(DeviceError);
    await expect(there.batch(0, 1)).rejects.toThrow(/fails: RangeError.*resume the run/);
  });

  test.each([1, 2])('one of %i threads that ends fails what was asked and what will be', async (threads) => {
    const there = await start(options, threads);
    // This batch may have been made by another thread, or before the end came.
    const asked = there.batch(0, 0).catch((error) => expect(error).toBeInstanceOf(DeviceError));
    await workers.at(-1)!.terminate();
    await asked;
    await expect(there.batch(0, 1)).rejects.toThrow(DeviceError);
    await expect(there.batch(0, 1)).rejects.toThrow(/must keep working, and it ended/);
  });

  test('released, all threads have ended, with batches under way, and none can be asked for', async () => {
    const there = await start(options, 2);
    const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    const refused = expect(there.batch(0, 0)).rejects.toThrow(/released/);
    await there.release();
    await Promise.all([refused, ...ended]);
    await expect(there.batch(0, 0)).rejects.toThrow(/released/);
    await there.release();
  });
});
