// Labels judged by runs: each only on what it was not trained on, of several the mean, and which runs are refused.
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun } from '../../../tests/fixtures/quiet-run.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { openSession } from '../../adapters/node/session.js';
import { createDataset, type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { RunError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { LocalEngine } from '../../core/training/engine.js';
import { chooseSamples } from '../train/choose-samples.js';
import { parseTrainConfig } from '../train/config.js';
import { runFiles } from '../train/run-folder.js';
import { trainRun } from '../train/train.js';
import { judgeByRuns } from './judge-labels.js';

const configOf = (fold: number) =>
  parseTrainConfig({
    ...{ architecture: 'compact', epochs: 1, batchSize: 10, threads: 1, augmentation: { flip: 0 } },
    ...{ schedule: { name: 'one-cycle', rate: 0.02 }, validation: { folds: 3, fold, seed: 4 }, seed: fold },
  });
const heldOut = (dataset: PackedDataset, fold: number) => [...chooseSamples(dataset, configOf(fold)).validation];

/** The last sample, of PublicTest, shows what a training sample shows that is held out by neither run of the folds 0 and 1. */
function withTwin(): { dataset: PackedDataset; twin: number } {
  const plain = stripes(40, 1);
  const pixels = plain.pixels.slice();
  const size = plain.width * plain.height;
  const twin = plain.count - 1;
  const source = heldOut(plain, 2)[0]!;
  pixels.set(pixels.subarray(source * size, (source + 1) * size), twin * size);
  const { width, height, labels, splitNames, classes, splits, rows } = plain;
  const dataset = createDataset({
    ...{ width, height, labels, splitNames, classes, splits, rows, pixels },
    source: plain.source,
  });
  return { dataset, twin };
}

async function train(dataset: PackedDataset, fold: number) {
  const store = createMemoryStore();
  const name = `fold-${fold}`;
  await trainRun({
    ...{ ...quietRun, dataset, store, name, config: configOf(fold) },
    startEngine: async (architecture, options, engine) =>
      new LocalEngine(createArchitecture(architecture, options), openSession, engine),
  });
  return { name, store };
}

const open = (bytes: Uint8Array) => ExpressionModel.open(bytes, openSession);

describe('judgeByRuns', async () => {
  const { dataset, twin } = withTwin();
  const runs = [await train(dataset, 0), await train(dataset, 1)];
  const judge = await judgeByRuns(dataset, runs, open, { batch: 16 });
  const classes = dataset.labels.length;

  it('judges what a run held out and what none trained on, but no copy of a picture that all trained on', () => {
    const publicTest = Array.from({ length: 10 }, (_, i) => 30 + i).filter((i) => i !== twin);
    const expected = [...heldOut(dataset, 0), ...heldOut(dataset, 1), ...publicTest].sort((a, b) => a - b);
    expect([...judge.indices]).toEqual(expected);
    expect(judge.by).toBe('runs fold-0, fold-1, each on what it was not trained on');
  });

  it("takes the one run's word where the other was trained on the sample, and the mean of both elsewhere", async () => {
    const models = await Promise.all(runs.map(async ({ store }) => open((await store.read(runFiles.model))!)));
    const held = [0, 1].map((fold) => new Set(heldOut(dataset, fold)));
    let between = 0;
    for (const [k, index] of judge.indices.entries()) {
      const words = await Promise.all(
        models.map(async (model) => (await model.predict([samplePicture(dataset, index)]))[0]!.probabilities),
      );
      const heard = index >= 30 ? words : words.filter((_, run) => held[run]!.has(index));
      expect(heard).toHaveLength(index >= 30 ? 2 : 1);
      for (let c = 0; c < classes; c++) {
        const mean = heard.reduce((sum, probabilities) => sum + probabilities[c]!, 0) / heard.length;
        expect(judge.probabilities[k * classes + c]).toBeCloseTo(mean, 5);
      }
      between = Math.max(between, Math.abs(words[0]![0]! - words[1]![0]!));
    }
    // The two do not say the same, so that their mean is another word than either's.
    expect(between).toBeGreaterThan(0.001);
    await Promise.all(models.map((model) => model.release()));
  });

  it('refuses a run that is not finished, of other data, or with the weights of another run', async () => {
    const changed = (change: (blobs: Map<string, Uint8Array>) => void) => {
      const blobs = new Map(runs[0]!.store.blobs);
      change(blobs);
      return judgeByRuns(dataset, [{ name: 'odd', store: createMemoryStore(blobs) }], open, { batch: 16 });
    };
    await expect(changed((blobs) => blobs.delete(runFiles.model))).rejects.toThrow(/odd must hold model\.onnx/);
    await expect(changed((blobs) => blobs.clear())).rejects.toThrow(RunError);
    const facts = JSON.parse(new TextDecoder().decode(runs[0]!.store.blobs.get(runFiles.run)));
    const telling = (more: object) =>
      changed((blobs) => blobs.set(runFiles.run, new TextEncoder().encode(JSON.stringify({ ...facts, ...more }))));
    await expect(telling({ dataset: 'another' })).rejects.toThrow(/odd must be a run of this dataset/);
    const pretrained = { hash: 'x', run: 'first', architecture: 'compact', split: 'all', dataset: dataset.hash };
    await expect(telling({ pretrained })).rejects.toThrow(/began with those of first, which was all/);
    const split = 'trained on Training without fold 1 of 2 (seed 1), validated on that fold';
    const earlier = [{ run: 'oldest', dataset: dataset.hash, split: 'all' }];
    await expect(telling({ pretrained: { ...pretrained, split, earlier } })).rejects.toThrow(
      /began with those of first/,
    );
  });
});
