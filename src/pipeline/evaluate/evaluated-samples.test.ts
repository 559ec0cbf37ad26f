// The samples of a run: those it validated on, on its own data only.
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { runProgram, wallClock } from '../../../tests/fixtures/run-program.js';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { encodeUtf8 } from '../../core/bytes/utf8.js';
import { DatasetError, RunError } from '../../core/errors.js';
import { chooseSamples } from '../train/choose-samples.js';
import { parseTrainConfig } from '../train/config.js';
import { beginRun } from '../train/run-folder.js';
import { samplesOfRun, samplesOfSplit } from './evaluated-samples.js';

const dataset = smallDataset(
  Array.from({ length: 30 }, (_, i) => ({ label: i % 3, split: i < 20 ? 0 : 1, pixels: i })),
);

async function runFolder(config: Record<string, unknown>, hash = dataset.hash) {
  const store = createMemoryStore();
  const facts = {
    name: 'a',
    dataset: hash,
    seed: 1,
    trainingSamples: 0,
    validationSamples: 0,
    excludedDuplicates: 0,
    parameters: 0,
    multiplyAdds: 0,
  };
  await beginRun(store, { config: parseTrainConfig(config), facts, start: { at: wallClock(), ...runProgram } });
  return store;
}

describe('samplesOfSplit', () => {
  it("gives the split under the dataset's own name", () => {
    const samples = samplesOfSplit(dataset, 'publictest');
    expect(samples).toMatchObject({ split: 'PublicTest', test: false });
    expect([...samples.indices]).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    expect(() => samplesOfSplit(dataset, 'PrivateTest')).toThrow(DatasetError);
  });
});

describe('samplesOfRun', () => {
  it('gives the fold that the run validated on', async () => {
    const config = { validation: { folds: 4, fold: 2 }, seed: 9 };
    const samples = await samplesOfRun(dataset, await runFolder(config));
    expect(samples).toMatchObject({ split: 'Training, fold 2 of 4 (seed 9)', test: false });
    expect(samples.indices).toEqual(chooseSamples(dataset, parseTrainConfig(config)).validation);
    expect(samples.indices.length).toBe(5);
  });

  it('gives the split that the run validated on', async () => {
    const samples = await samplesOfRun(dataset, await runFolder({ validation: { split: 'PublicTest' } }));
    expect(samples).toEqual(samplesOfSplit(dataset, 'PublicTest'));
  });

  it("names the file of a run's damaged configuration", async () => {
    const store = await runFolder({});
    for (const damaged of ['{', '[]', '{"epochs":"many"}', '{"layers":3}']) {
      await store.write('config.json', encodeUtf8(damaged));
      const read = samplesOfRun(dataset, store);
      await expect(read).rejects.toThrow(RunError);
      await expect(read).rejects.toThrow(/^config\.json of the run must be/);
    }
  });

  it('refuses other data and folders without a run', async () => {
    await expect(samplesOfRun(dataset, await runFolder({}, 'other'))).rejects.toThrow(RunError);
    await expect(samplesOfRun(dataset, createMemoryStore())).rejects.toThrow(RunError);
  });
});
