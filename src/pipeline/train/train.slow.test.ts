// Training with every part of the recipe, in threads of its own, interrupted: bit for bit what an unbroken run in one thread gives.
import { describe, expect, test } from 'vitest';
import { stopAt } from '../../../tests/fixtures/quiet-run.js';
import { dataset, hashOf, history, modelHash, request } from '../../../tests/fixtures/small-run.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { WorkerBatches } from '../../adapters/node/training/batches.js';
import { WorkerEngine } from '../../adapters/node/training/engine.js';
import { runFiles } from './run-folder.js';
import { type TrainRequest, trainRun } from './train.js';

describe('a run', () => {
  test.each([
    ['the engine', true, false],
    ['the batches', false, true],
    ['both, each', true, true],
  ])('%s in worker threads, it gives what it gives in this one', async (_, isEngineAway, areBatchesAway) => {
    const recipe = { progressive: [{ side: 24, epochs: 1 }], mixup: { alpha: 0.2 }, augmentation: { light: {} } };
    const here = request({}, recipe);
    const there = request(
      {
        ...(isEngineAway && {
          startEngine: async (architecture, architectureOptions, engine) =>
            new WorkerEngine({ architecture, architectureOptions, ...engine }),
        }),
        ...(areBatchesAway && { startBatches: (options, threads) => new WorkerBatches(options, { threads }) }),
      },
      { ...recipe, batchThreads: 2 },
    );
    await trainRun(here);
    await trainRun({ ...there, shouldStop: stopAt(3) });
    await trainRun({ ...there, resume: true });
    expect(await history(there.store)).toEqual(await history(here.store));
    expect(await modelHash(there.store)).toBe(await modelHash(here.store));
  });

  test('with every part of the recipe, stopped and resumed ends as an unbroken one, bit for bit', async () => {
    const votedDataset = { ...dataset, source: { ...dataset.source, kind: 'fer2013-csv' } };
    const rows = [...dataset.classes].map((label) => [0, 1, 2].map((kind) => (kind === label ? 7 : 1)).join());
    const votes = ['Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF']
      .concat(rows.map((counts, i) => `${dataset.splitNames[dataset.splits[i]!]},,${counts},0,0,0,1,0,0,0`))
      .join('\n');
    const recipe = {
      ...{ architecture: 'residual', epochs: 3, optimiser: { name: 'adam' } },
      ...{ average: { decay: 0.9 }, clipNorm: 1, weightDecay: 0.01, mixup: { alpha: 0.2 }, classWeights: 'balanced' },
      ...{ votes: { file: 'votes.csv' }, distillation: { teacher: 'teacher.onnx', temperature: 2 } },
      ...{ progressive: [{ side: 24, epochs: 2 }], augmentation: { light: {} } },
      ...{ schedule: { name: 'cosine', rate: 0.003, warmUp: 2 }, patience: 2, keep: 'best' },
      ...{ workers: 2, threads: 2, ghostBatch: 3, batchThreads: 2 },
    };
    const parts: Partial<TrainRequest> = {
      ...{ dataset: votedDataset, votes, teacher: untrainedModel('compact', 4) },
      startEngine: async (architecture, architectureOptions, engine) =>
        new WorkerEngine({ architecture, architectureOptions, ...engine }),
      startBatches: (options, threads) => new WorkerBatches(options, { threads }),
    };
    const unbroken = request(parts, recipe);
    await trainRun(unbroken);
    const broken = request(parts, recipe);
    await trainRun({ ...broken, shouldStop: stopAt(3) });
    await trainRun({ ...broken, resume: true, shouldStop: stopAt(4) });
    await trainRun({ ...broken, resume: true });
    expect(await history(broken.store)).toEqual(await history(unbroken.store));
    expect(await modelHash(broken.store)).toBe(await modelHash(unbroken.store));
    expect(hashOf((await broken.store.read(runFiles.best))!)).toBe(hashOf((await unbroken.store.read(runFiles.best))!));
  });
});
