import { describe, expect, test } from 'vitest';
import type { Batch, StepResult } from './batch.js';
import type { BatchSource } from './batches.js';
import type { TrainingEngine } from './engine.js';
import { train } from './trainer.js';

const batch: Batch = {
  size: 1,
  side: 1,
  pixels: new Float32Array(1),
  targets: Float32Array.of(1, 0),
  masks: [],
};
const stepMs = 10;
const steps = 4;

/** One epoch of 4 steps of 10 ms, on a clock of its own. */
async function waitShare({
  isThreaded,
  prepareMs,
  waitMs = 0,
}: {
  isThreaded: boolean;
  prepareMs: number;
  waitMs?: number;
}): Promise<number> {
  let now = 0;
  const result = { loss: 1, probabilities: Float32Array.of(1, 0) };
  const engine = {
    async step(): Promise<StepResult> {
      const begun = now;
      // What follows happens after the trainer has begun to prepare the next batch.
      await undefined;
      if (!isThreaded) {
        now += stepMs;
        return result;
      }
      now = Math.max(now, begun + stepMs);
      return { ...result, busyMs: stepMs };
    },
  } as Partial<TrainingEngine> as TrainingEngine;
  const later = () => {
    now += waitMs;
    return batch;
  };
  const batches: BatchSource = {
    perEpoch: steps,
    batch() {
      now += prepareMs;
      return waitMs ? Promise.resolve().then(() => Promise.resolve().then(later)) : batch;
    },
    release: async () => undefined,
  };
  let share = Number.NaN;
  const { end } = await train({
    engine,
    batches,
    clock: () => now,
    batchSize: 1,
    guessingLoss: Math.log(2),
    epochs: 1,
    schedule: { name: 'constant', rate: 1 },
    validate: async () => ({ loss: 1, accuracy: 1 }),
    patience: null,
    onEpoch: async (_state, _isBest, found) => {
      share = found;
    },
  });
  expect(end).toBe('finished');
  return share;
}

describe('the share of time that the engine waits', () => {
  const busy = steps * stepMs;

  test('nothing, when batches are there', async () => {
    expect(await waitShare({ isThreaded: true, prepareMs: 0 })).toBe(0);
    expect(await waitShare({ isThreaded: false, prepareMs: 0 })).toBe(0);
  });

  test('preparation beside the engine counts as far as it is longer than the step', async () => {
    // The first batch has no step to hide behind; the last step has no batch after it.
    expect(await waitShare({ isThreaded: true, prepareMs: 8 })).toBeCloseTo(1 - busy / (8 + busy), 9);
    expect(await waitShare({ isThreaded: true, prepareMs: 30 })).toBeCloseTo(1 - busy / (4 * 30 + stepMs), 9);
  });

  test("preparation in the engine's own thread counts in full", async () => {
    expect(await waitShare({ isThreaded: false, prepareMs: 30 })).toBeCloseTo(1 - busy / (busy + 4 * 30), 9);
  });

  test('a batch that comes late from another thread counts', async () => {
    const share = await waitShare({ isThreaded: true, prepareMs: 0, waitMs: 5 });
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1 - busy / (busy + 4 * 5));
  });
});

test('a step that fails is the error of the run, also when the batch after it cannot be made', async () => {
  const engine = { step: () => Promise.reject(new Error('no step')) } as Partial<TrainingEngine> as TrainingEngine;
  const batches: BatchSource = {
    perEpoch: 2,
    batch: (_, number) => (number === 0 ? batch : Promise.reject(new Error('no batch'))),
    release: async () => undefined,
  };
  const options = {
    engine,
    batches,
    clock: () => 0,
    batchSize: 1,
    guessingLoss: Math.log(2),
    epochs: 1,
    schedule: { name: 'constant', rate: 1 } as const,
    validate: async () => ({ loss: 1, accuracy: 1 }),
    patience: null,
    onEpoch: async () => undefined,
  };
  await expect(train(options)).rejects.toThrow('no step');
});
