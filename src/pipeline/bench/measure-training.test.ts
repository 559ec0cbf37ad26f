// Training steps timed on an engine that notes what it is given.
import { expect, it } from 'vitest';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import type { Batch } from '../../core/training/batch.js';
import type { TrainingEngine } from '../../core/training/engine.js';
import { measureTraining } from './measure-training.js';

it('gives every step a batch of its own and times the steps alone', async () => {
  const batches: Batch[] = [];
  let nowMs = 0;
  const engine = {
    masks: [{ name: 'dropout', shape: [4], rate: 0.5 }],
    step: async (batch: Batch) => {
      batches.push(batch);
      nowMs += 20;
      return { loss: 0, probabilities: new Float32Array() };
    },
  } as unknown as TrainingEngine;
  const architecture = createArchitecture('compact', { classes: 7 });
  const durations = await measureTraining(engine, { architecture, batch: 8, steps: 5, clock: () => nowMs });
  expect(durations).toEqual([20, 20, 20, 20, 20]);
  expect(batches).toHaveLength(8);
  expect(new Set(batches.map(({ pixels }) => pixels.buffer)).size).toBe(8);
  const { height } = architecture.crop;
  expect(batches[7]).toMatchObject({ size: 8, side: height });
  expect(batches[7]!.pixels).toHaveLength(8 * height * height);
  // A class each, one after the other.
  expect(Array.from({ length: 8 }, (_, i) => batches[7]!.targets.subarray(7 * i, 7 * i + 7).indexOf(1))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 0,
  ]);
  expect(batches[7]!.masks[0]).toHaveLength(32);
});
