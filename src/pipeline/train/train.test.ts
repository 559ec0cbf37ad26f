import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun, stopAt } from '../../../tests/fixtures/quiet-run.js';
import { runProgram } from '../../../tests/fixtures/run-program.js';
import { dataset, hashOf, history, inThisThread, json, modelHash, request } from '../../../tests/fixtures/small-run.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { openSession } from '../../adapters/node/session.js';
import { WorkerBatches } from '../../adapters/node/training/batches.js';
import { WorkerEngine } from '../../adapters/node/training/engine.js';
import { writeSplitFile } from '../../core/dataset/split-file.js';
import { ConfigError, DatasetError, DeviceError, RunError, StorageError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { countParameters } from '../../core/nn/architectures/architecture.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { readModel } from '../../core/onnx/read-model.js';
import { TrainingBatches } from '../../core/training/batches.js';
import { readCheckpoint } from '../../core/training/checkpoint.js';
import { LocalEngine } from '../../core/training/engine.js';
import { samplesOfRun } from '../evaluate/evaluated-samples.js';
import { chooseSamples } from './choose-samples.js';
import { parseTrainConfig } from './config.js';
import { readRunConfig, runFiles } from './run-folder.js';
import { type RunResult, readResult } from './run-result.js';
import { compareRuns } from './runs/compare-runs.js';
import { summarise } from './runs/list-runs.js';
import { comparisonReport } from './runs/report/comparison-report.js';
import { describeComparison } from './runs/report/describe-runs.js';
import { readRunRecord } from './runs/run-record.js';
import { type StartEngine, type TrainRequest, trainRun } from './train.js';

let unbrokenRun: Promise<TrainRequest['store']> | undefined;

/** What a run leaves that nothing interrupts: the same for all tests. */
function unbrokenStore(): Promise<TrainRequest['store']> {
  unbrokenRun ??= (async () => {
    const { store, ...asked } = request();
    await trainRun({ store, ...asked });
    return store;
  })();
  return unbrokenRun;
}

/** A store whose disk is full for a file from its n-th write on. */
function fullDisk(name: string, from: number): ReturnType<typeof createMemoryStore> & { isFull: boolean } {
  const store = createMemoryStore();
  let writes = 0;
  const disk = {
    ...store,
    isFull: true,
    write: async (file: string, content: Uint8Array | string) => {
      if (file === name && ++writes >= from && disk.isFull) throw new StorageError(`${file}: the disk is full`);
      await store.write(file, content);
    },
  };
  return disk;
}

const hashes = ({ blobs }: { blobs: ReadonlyMap<string, Uint8Array> }) =>
  [...blobs].map(([name, bytes]) => [name, hashOf(bytes)]);

describe('a run', () => {
  test.each([
    ['without', null, 3],
    ['with', { decay: 0.9 }, 8],
  ])('learns, and leaves a model that predicts as the trainer measured, %s an average', async (_, average, epochs) => {
    const asked = request({}, { epochs, batchSize: 6, average });
    const { end, validation } = await trainRun(asked);
    expect(end).toBe('finished');
    const lines = (await history(asked.store)) as { epoch: number; trainingLoss: number; validationAccuracy: number }[];
    expect(lines.map((line) => line.epoch)).toEqual(Array.from({ length: epochs }, (_, i) => i + 1));
    expect(lines.at(-1)!.trainingLoss).toBeLessThan(lines[0]!.trainingLoss);
    expect(validation).toMatchObject({ accuracy: lines.at(-1)!.validationAccuracy, n: 10 });
    expect(validation!.accuracy).toBeGreaterThan(0.8);

    const model = await ExpressionModel.open((await asked.store.read(runFiles.model))!, openSession);
    expect(model.metadata.labels).toEqual(['left', 'middle', 'right']);
    expect(model.metadata.dataset).toBe(dataset.hash);
    let correct = 0;
    for (let i = 30; i < 40; i++) {
      const data = dataset.pixels.subarray(i * 2304, (i + 1) * 2304);
      const [prediction] = await model.predict([{ width: 48, height: 48, channels: 1, data }]);
      if (prediction!.label === dataset.classes[i]) correct++;
    }
    expect(correct / 10).toBe(validation!.accuracy);
    await model.release();
  });

  test('smaller pictures first, votes aside, every other part of the recipe at once', async () => {
    const recipe = {
      epochs: 3,
      progressive: [{ side: 24, epochs: 1 }],
      mixup: { alpha: 0.2 },
      classWeights: 'balanced',
      clipNorm: 1,
      weightDecay: 0.01,
      schedule: { name: 'cosine', rate: 0.02, warmUp: 2 },
      augmentation: { light: {} },
    };
    const asked = request({}, recipe);
    expect((await trainRun(asked)).end).toBe('finished');
    expect(await history(asked.store)).toHaveLength(3);
  });

  test('smaller pictures need a network that takes them; nothing is written otherwise', async () => {
    const asked = request({}, { architecture: 'original', progressive: [{ side: 32, epochs: 1 }] });
    await expect(trainRun(asked)).rejects.toThrow(ConfigError);
    await expect(trainRun(asked)).rejects.toThrow(/those of original do/);
    expect(await asked.store.read(runFiles.config)).toBeUndefined();
  });

  test('says so when no epoch is left for the full size', async () => {
    const notesOf = async (epochs: number): Promise<string> => {
      const notes: string[] = [];
      const progress = { ...quietRun.progress, note: (text: string) => void notes.push(text) };
      await trainRun(request({ progress }, { epochs, progressive: [{ side: 20, epochs: 1 }] }));
      return notes.join('\n');
    };
    expect(await notesOf(1)).toContain('fill all 1 epochs: the network never sees its full 44 x 44 pixels');
    expect(await notesOf(2)).not.toContain('never sees');
  });

  test('learns from votes by a second head, which the model leaves out', async () => {
    const votedDataset = { ...dataset, source: { ...dataset.source, kind: 'fer2013-csv' } };
    const rows = [...dataset.classes].map((label) => [0, 1, 2].map((kind) => (kind === label ? 9 : 0)).join());
    const votes = ['Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF']
      .concat(rows.map((counts, i) => `${dataset.splitNames[dataset.splits[i]!]},,${counts},0,0,0,1,0,0,0`))
      .join('\n');
    const asked = request({ dataset: votedDataset, votes }, { votes: { file: 'votes.csv' }, epochs: 1 });
    await trainRun(asked);
    const checkpoint = readCheckpoint((await asked.store.read(runFiles.checkpoint))!);
    expect(checkpoint.engine.weights.get('auxiliary/weight')!.length).toBe(256 * 10);
    const { initializers, metadata } = readModel((await asked.store.read(runFiles.model))!);
    expect(initializers.some(({ name }) => name.startsWith('auxiliary'))).toBe(false);
    expect(metadata.get('moodlens')).toContain('"targets":"FER+ votes: a share of 0.3 of the targets, and in full');
    const facts = JSON.parse(new TextDecoder().decode(await asked.store.read(runFiles.run)));
    expect(facts.parameters).toBe(countParameters(createArchitecture('compact', { classes: 3 })));
    await expect(
      trainRun({ ...asked, store: createMemoryStore(), votes: votes.split('\n').slice(0, 9).join('\n') }),
    ).rejects.toThrow(/must reach to row 39/);
    const otherVotes = trainRun({ ...asked, resume: true, votes: votes.replace('9,0,0', '8,1,0') });
    await expect(otherVotes).rejects.toThrow(/votes\.csv has changed since/);
    const { votes: _, ...old } = facts;
    await asked.store.write(runFiles.run, JSON.stringify(old));
    expect((await trainRun({ ...asked, resume: true })).end).toBe('finished');
  });

  test('votes are for data from fer2013.csv, and weights for its classes', async () => {
    const voted = request({ votes: 'Usage' }, { votes: { file: 'votes.csv' } });
    await expect(trainRun(voted)).rejects.toThrow(DatasetError);
    await expect(trainRun(request({}, { classWeights: [1, 2] }))).rejects.toThrow(/each of the 3 classes/);
  });

  test('gives the same history and the same model for the same seed, another for another', async () => {
    const [again, different] = [request(), request({}, { seed: 2 })];
    await trainRun(again);
    await trainRun(different);
    const a = await unbrokenStore();
    expect(await history(a)).toEqual(await history(again.store));
    expect(await modelHash(a)).toBe(await modelHash(again.store));
    expect(await history(a)).not.toEqual(await history(different.store));
  });

  test.each([
    ['in the middle of an epoch', 5],
    ['between two epochs', 4],
    ['before the first step', 1],
  ])('stopped %s and resumed ends as an unbroken one, bit for bit', async (_, at) => {
    const unbroken = await unbrokenStore();
    const broken = request({ shouldStop: stopAt(at) });
    expect((await trainRun(broken)).end).toBe('stopped');
    expect(await broken.store.read(runFiles.model)).toBeUndefined();
    const resumed = request({ store: broken.store, resume: true });
    expect((await trainRun(resumed)).end).toBe('finished');
    expect(await history(broken.store)).toEqual(await history(unbroken));
    expect(await modelHash(broken.store)).toBe(await modelHash(unbroken));
  });

  test('with engine and batches in worker threads, it gives what it gives in this one', async () => {
    const there = request(
      {
        startEngine: async (architecture, architectureOptions, engine) =>
          new WorkerEngine({ architecture, architectureOptions, ...engine }),
        startBatches: (options, threads) => new WorkerBatches(options, { threads }),
      },
      { batchThreads: 2 },
    );
    await trainRun(there);
    const here = await unbrokenStore();
    expect(await history(there.store)).toEqual(await history(here));
    expect(await modelHash(there.store)).toBe(await modelHash(here));
  });

  test('releases engine and batches however it ends', async () => {
    const released: string[] = [];
    const watched = (clean: boolean): Partial<TrainRequest> => ({
      startEngine: async (...started) => {
        const engine = await inThisThread(...started);
        const release = engine.release.bind(engine);
        engine.release = () => {
          released.push('engine');
          return release();
        };
        return engine;
      },
      startBatches: (options) => {
        const batches = new TrainingBatches(options);
        batches.release = async () => {
          released.push('batches');
        };
        if (!clean) {
          batches.batch = () => {
            throw new DeviceError('no batch');
          };
        }
        return batches;
      },
    });
    await trainRun(request(watched(true), { epochs: 1 }));
    await trainRun(request({ ...watched(true), shouldStop: stopAt(2) }));
    await expect(trainRun(request(watched(false)))).rejects.toThrow('no batch');
    expect(released).toEqual(Array(3).fill(['batches', 'engine']).flat());
  });

  test('ends early when the validation loss stops falling, and keeps the best weights', async () => {
    const asked = request({}, { epochs: 8, patience: 1, keep: 'best', schedule: { name: 'constant', rate: 0.3 } });
    const { end, epochs, validation } = await trainRun(asked);
    expect(end).toBe('early');
    expect(epochs).toBeLessThan(8);
    const lines = (await history(asked.store)) as { validationLoss: number; validationAccuracy: number }[];
    const best = lines.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
    expect(validation!.accuracy).toBe(best.validationAccuracy);
  });

  test('validates on a fold of the training split', async () => {
    const asked = request({}, { epochs: 1, validation: { folds: 3, fold: 2 } });
    expect((await trainRun(asked)).validation!.n).toBe(10);
  });
});

describe('the run folder', () => {
  test('says what the run is, when and with what it began and was resumed, and how it ended', async () => {
    const store = createMemoryStore();
    let nowMs = 0;
    const clock = () => {
      nowMs += 1000;
      return nowMs;
    };
    const now = (day: number) => () => `2026-03-0${day}T10:00:00.000Z`;
    await trainRun(request({ store, clock, now: now(1), shouldStop: stopAt(4) }));
    const stopped = (await readResult(store))!;
    expect(stopped).toMatchObject({ end: 'stopped', epochs: 1, bestEpoch: 1, endedAt: now(1)() });
    expect(stopped.seconds).toBeGreaterThan(0);

    const program = { ...runProgram, revision: null };
    let during: RunResult | undefined = stopped;
    const startEngine: StartEngine = async (...args) => {
      const engine = await inThisThread(...args);
      const step = engine.step.bind(engine);
      engine.step = async (batch, rate) => {
        during = await readResult(store);
        return step(batch, rate);
      };
      return engine;
    };
    const later = { store, clock, now: now(2), resume: true, program, startEngine };
    await trainRun(request(later, { keep: 'best' }));
    expect(during).toBeUndefined();
    expect(await json(store, runFiles.run)).toMatchObject({
      name: 'test-run',
      dataset: dataset.hash,
      seed: 1,
      validationSamples: 10,
      starts: [
        { at: now(1)(), ...runProgram },
        { at: now(2)(), ...program },
      ],
    });
    expect((await json(store, runFiles.config)).keep).toBe('best');
    const ended = (await readResult(store))!;
    expect(ended).toMatchObject({ end: 'finished', epochs: 2, endedAt: now(2)() });
    expect(ended.seconds).toBeGreaterThan(stopped.seconds);
  });

  test('that keeps its best weights and has lost them is refused at once', async () => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(4) }, { keep: 'best' }));
    await store.remove(runFiles.best);
    const resumed = trainRun(request({ store, resume: true }, { keep: 'best' }));
    await expect(resumed).rejects.toThrow(/must hold best\.bin, and does not; .*"keep": "last"/);
    expect((await trainRun(request({ store, resume: true }, { keep: 'last' }))).end).toBe('finished');
  });

  test('of a version that noted no starts and no result is resumed', async () => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(4) }));
    const { starts: _, seed: __, ...old } = await json(store, runFiles.run);
    await store.write(runFiles.run, JSON.stringify(old));
    await store.remove(runFiles.result);
    expect((await trainRun(request({ store, resume: true }))).end).toBe('finished');
    expect((await json(store, runFiles.run)).starts).toEqual([{ at: expect.any(String), ...runProgram }]);
    expect((await readResult(store))!.end).toBe('finished');
  });

  test.each([
    ['checkpoint', runFiles.checkpoint],
    ['best checkpoint', runFiles.best],
    ['history', runFiles.metrics],
  ])('whose disk is full at the %s keeps its last good state, and goes on to the same result', async (_, name) => {
    const unbroken = await unbrokenStore();
    const store = fullDisk(name, 2);
    const broken = trainRun(request({ store }));
    await expect(broken).rejects.toThrow(StorageError);
    if (name !== runFiles.metrics)
      await expect(broken).rejects.toThrow(/the disk is full; what was saved before is whole/);
    expect(await readResult(store)).toMatchObject({
      end: 'failed',
      reason: expect.stringMatching(/full.*\[STORAGE\]$/),
    });
    store.isFull = false;
    expect((await trainRun(request({ store, resume: true }))).end).toBe('finished');
    const text = new TextDecoder().decode(await store.read(runFiles.metrics));
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject(await history(unbroken));
    expect(await modelHash(store)).toBe(await modelHash(unbroken));
  });

  test('on a disk that is full to the last byte still gives the error that matters', async () => {
    const store = fullDisk(runFiles.result, 1);
    const exploding = { schedule: { name: 'constant', rate: 1e30 } };
    await expect(trainRun(request({ store }, exploding))).rejects.toThrow(/loss must/);
  });
});

describe('what a run refuses', () => {
  test('a folder that holds a run', async () => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(2) }));
    await expect(trainRun(request({ store }))).rejects.toThrow(RunError);
  });

  test('to resume where there is no run, on other data, or with another configuration', async () => {
    await expect(trainRun(request({ resume: true }))).rejects.toThrow(RunError);
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(2) }));
    await expect(trainRun(request({ store, resume: true, dataset: stripes(40, 2) }))).rejects.toThrow('another hash');
    await expect(trainRun(request({ store, resume: true }, { seed: 9 }))).rejects.toThrow('seed was 1 and is 9');
  });

  test('data of another hash, before it writes anything', async () => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(2) }));
    const before = hashes(store);
    const other = stripes(40, 2);
    await expect(trainRun(request({ store, resume: true, dataset: other }))).rejects.toThrow(
      `of hash ${dataset.hash.slice(0, 12)}…, and this one has another hash, ${other.hash.slice(0, 12)}…`,
    );
    expect(hashes(store)).toEqual(before);
  });

  test('to go on when the training diverges, and keeps the checkpoint before', async () => {
    const store = createMemoryStore();
    const exploding = { schedule: { name: 'constant', rate: 1e30 } };
    await expect(trainRun(request({ store }, exploding))).rejects.toThrow(
      /loss must (stay finite|not explode).* at epoch 1, step 2, learning rate 1e\+30; there is no checkpoint yet/,
    );
    expect(store.blobs.has(runFiles.model)).toBe(false);
    expect(await readResult(store)).toMatchObject({ end: 'failed', epochs: 0, bestEpoch: null });
  });

  test('to go on when the loss explodes in a later epoch', async () => {
    const startEngine: StartEngine = async (architecture, options, engine) => {
      const real = new LocalEngine(createArchitecture(architecture, options), openSession, engine);
      let steps = 0;
      const step = real.step.bind(real);
      real.step = async (batch, rate) => ({ ...(await step(batch, rate)), ...(++steps === 5 ? { loss: 1e4 } : {}) });
      return real;
    };
    const store = createMemoryStore();
    await expect(trainRun(request({ store, startEngine }))).rejects.toThrow(
      /must not explode.* at epoch 2, step 2, learning rate .*the last good checkpoint, after 1 epoch, is kept/,
    );
    expect(await readResult(store)).toMatchObject({
      end: 'failed',
      epochs: 1,
      reason: expect.stringMatching(/\[RUN\]$/),
    });
    expect(readCheckpoint((await store.read(runFiles.checkpoint))!).trainer.epoch).toBe(1);
  });

  test('damaged weights and a changed configuration, by name and with what to do, before it writes anything', async () => {
    const store = createMemoryStore();
    const run = { store, shouldStop: stopAt(4) };
    await trainRun(request(run));
    const flip = (name: string) => {
      const bytes = store.blobs.get(name)!.slice();
      // The exponents of 40 floats.
      for (let i = 0; i < 40; i++) bytes[Math.floor(bytes.length / 2 / 4) * 4 + 3 + 400 * i]! ^= 0x04;
      store.blobs.set(name, bytes);
    };
    const whole = new Map(store.blobs);
    const refused = async (message: RegExp) => {
      const before = hashes(store);
      await expect(trainRun(request({ ...run, resume: true }))).rejects.toThrow(RunError);
      await expect(trainRun(request({ ...run, resume: true }))).rejects.toThrow(message);
      expect(hashes(store)).toEqual(before);
    };
    flip(runFiles.checkpoint);
    await refused(
      /^checkpoint\.bin of the run is damaged or another's: .*best\.bin, of epoch 1, is whole: .*copy it to checkpoint\.bin/,
    );
    flip(runFiles.best);
    await refused(/^checkpoint\.bin of the run is damaged or another's: .*best\.bin is no better; .*start a new run/);
    store.blobs.set(runFiles.checkpoint, whole.get(runFiles.checkpoint)!);
    await refused(
      /^best\.bin of the run is damaged or another's: .*checkpoint\.bin, of epoch \d, is whole: export it with --weights last/,
    );
    store.blobs.set(runFiles.best, whole.get(runFiles.best)!);
    const config = new TextDecoder().decode(whole.get(runFiles.config));
    for (const [changed, says] of [
      [
        config.replace('"labelSmoothing": 0.1', '"labelSmoothing": 9'),
        /^config\.json of the run must be as .*labelSmoothing/s,
      ],
      [
        config.replace('"seed": 1', '"seed": 7'),
        /^config\.json of the run must be as .*its hash is not the one in run\.json/s,
      ],
    ] as const) {
      expect(changed).not.toBe(config);
      await store.write(runFiles.config, changed);
      await expect(readRunConfig(store)).rejects.toThrow(RunError);
      await expect(readRunConfig(store)).rejects.toThrow(says);
    }
    store.blobs.set(runFiles.config, whole.get(runFiles.config)!);
    await store.write(
      runFiles.metrics,
      new TextDecoder().decode(whole.get(runFiles.metrics)).replace('"step"', '"stop"'),
    );
    expect((await trainRun(request({ store, resume: true }))).end).toBe('finished');
    // The line that was damaged is written anew; so is a file that is no text any more.
    const metrics = () => new TextDecoder().decode(store.blobs.get(runFiles.metrics));
    expect(metrics()).not.toContain('"stop"');
    const lines = metrics().split('\n').length;
    store.blobs.set(runFiles.metrics, Uint8Array.of(0xff, 0xfe, 0xe0));
    expect((await trainRun(request({ store, resume: true }))).end).toBe('finished');
    expect(metrics().split('\n')).toHaveLength(lines);
  });

  test('a checkpoint of another architecture, before it writes anything', async () => {
    const [store, other] = [createMemoryStore(), createMemoryStore()];
    await trainRun(request({ store, shouldStop: stopAt(2) }));
    await trainRun(request({ store: other, shouldStop: stopAt(2) }, { architecture: 'residual' }));
    store.blobs.set(runFiles.checkpoint, other.blobs.get(runFiles.checkpoint)!);
    const before = hashes(store);
    await expect(trainRun(request({ store, resume: true }))).rejects.toThrow(
      /checkpoint\.bin of the run .* it is of another run than run\.json/,
    );
    expect(hashes(store)).toEqual(before);
  });

  test('a device that computes wrongly, before anything is written', async () => {
    const store = createMemoryStore();
    const startEngine: StartEngine = () => Promise.reject(new DeviceError('wrong'));
    await expect(trainRun(request({ store, startEngine }))).rejects.toThrow(DeviceError);
    expect([...store.blobs.keys()]).toEqual([]);
  });

  test.each([
    ['[]', 'must be a JSON object'],
    ['null', 'must be a JSON object'],
    ['{"name":"a","dataset":1}', 'dataset is wrong'],
    ['{"name":', 'must be JSON'],
  ])('a damaged run.json: %s', async (text, message) => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(2) }));
    await store.write(runFiles.run, text);
    const resumed = trainRun(request({ store, resume: true }));
    await expect(resumed).rejects.toThrow(RunError);
    await expect(resumed).rejects.toThrow(message);
  });

  test('to learn from a test split, or to be chosen by one', async () => {
    for (const config of [{ trainingSplit: 'PrivateTest' }, { validation: { split: 'privatetest' } }]) {
      await expect(trainRun(request({}, config))).rejects.toThrow(ConfigError);
      await expect(trainRun(request({}, config))).rejects.toThrow(/must neither train nor validate on a test split/);
    }
  });

  test('a damaged checkpoint', async () => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(2) }));
    store.blobs.set(runFiles.checkpoint, store.blobs.get(runFiles.checkpoint)!.slice(0, -5));
    await expect(trainRun(request({ store, resume: true }))).rejects.toThrow(/cut short|bytes of/);
  });

  test('a split that is not there, the same split twice, a batch larger than the data', async () => {
    await expect(trainRun(request({}, { trainingSplit: 'Traning' }))).rejects.toThrow(DatasetError);
    await expect(trainRun(request({}, { validation: { split: 'Training' } }))).rejects.toThrow(ConfigError);
    const store = createMemoryStore();
    await expect(trainRun(request({ store }, { batchSize: 100 }))).rejects.toThrow('batchSize');
    expect([...store.blobs.keys()]).toEqual([]);
  });

  test.each([
    [32, 'those of this dataset are 32 x 32'],
    [64, 'import them with'],
  ])('pictures of %i pixels a side, of which the model would see other crops', async (side, message) => {
    const store = createMemoryStore();
    const resized = trainRun(request({ store, dataset: stripes(40, 1, side) }));
    await expect(resized).rejects.toThrow(DatasetError);
    await expect(resized).rejects.toThrow(message);
    expect([...store.blobs.keys()]).toEqual([]);
  });

  test.each([
    [{ epochs: Number.NaN }],
    [{ learningRate: 1 }],
    [{ schedule: { name: 'one-cycle', rate: -1 } }],
    [{ augmentation: { zoom: [2, 1] } }],
    [{ augmentation: { zoom: [0, 0] } }],
    [{ augmentation: { erasing: { area: [-1, 2] } } }],
    [{ kernel: 5 }],
    [{ architecture: 'resnet' }],
  ])('the configuration %o', (config) => {
    expect(() => parseTrainConfig(config)).toThrow(ConfigError);
  });
});

describe('the samples of a run', () => {
  const sets = new Map([
    ['training', Int32Array.from({ length: 24 }, (_, i) => i)],
    ['validation', Int32Array.from({ length: 8 }, (_, i) => 24 + i)],
    ['test', Int32Array.from({ length: 8 }, (_, i) => 32 + i)],
  ]);
  const { text: splits, hash } = writeSplitFile(dataset, { method: 'by hand', seed: null, sets });
  const onSets = {
    splitFile: 'splits.json',
    trainingSplit: 'training',
    validation: { split: 'validation' },
    epochs: 1,
  };

  test('may be the sets of a split file, which the run keeps and whose hash run and model carry', async () => {
    const asked = request({ splits }, onSets);
    const { validation } = await trainRun(asked);
    expect(validation!.n).toBe(8);
    expect(await json(asked.store, runFiles.run)).toMatchObject({
      splits: hash,
      trainingSamples: 24,
      validationSamples: 8,
    });
    expect(new TextDecoder().decode(await asked.store.read(runFiles.splits))).toBe(splits);
    const { metadata } = readExpressionModel((await asked.store.read(runFiles.model))!);
    expect(metadata).toMatchObject({
      splitFile: hash,
      split: 'trained on training of a split file, validated on validation',
    });
    const validated = await samplesOfRun(dataset, asked.store);
    expect(validated).toMatchObject({ split: 'validation', splitFile: hash, indices: sets.get('validation') });

    const other = writeSplitFile(dataset, { method: 'another way', seed: null, sets }).text;
    await expect(trainRun({ ...asked, splits: other, resume: true })).rejects.toThrow(
      /resumed with the split file it began with/,
    );
    await asked.store.remove(runFiles.splits);
    await expect(samplesOfRun(dataset, asked.store)).rejects.toThrow(/must hold it as splits\.json/);
  });

  test.each([
    ['validates on its test set', { validation: { split: 'test' } }, /'test' is one/],
    ['trains on its test set', { trainingSplit: ['training', 'Test'] }, /'Test' is one/],
    [
      'names a set that is not there',
      { validation: { split: 'PublicTest' } },
      /one of training, validation, test and is 'PublicTest'/,
    ],
    ['validates on what it trains on', { trainingSplit: ['training', 'Validation'] }, /validate on what it trains on/],
    ['names a set twice', { trainingSplit: ['training', 'Training'] }, /there twice/],
  ])('a run that %s is refused before anything is written', async (_, changes, message) => {
    const asked = request({ splits }, { ...onSets, ...changes });
    await expect(trainRun(asked)).rejects.toThrow(message);
    expect(await asked.store.list()).toEqual([]);
  });

  test('may be several splits, with nothing to validate: no figure is made up', async () => {
    const asked = request({}, { trainingSplit: ['Training', 'PublicTest'], validation: null });
    const { end, validation } = await trainRun(asked);
    expect([end, validation]).toEqual(['finished', null]);
    expect(await json(asked.store, runFiles.run)).toMatchObject({ trainingSamples: 40, validationSamples: 0 });
    const lines = await history(asked.store);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(Object.keys(line)).not.toContain('validationLoss');
    expect(await asked.store.list()).not.toContain(runFiles.best);
    expect(await readResult(asked.store)).toMatchObject({ end: 'finished', bestEpoch: null });
    const { metadata } = readExpressionModel((await asked.store.read(runFiles.model))!);
    expect(metadata).toMatchObject({
      metrics: { epoch: 2 },
      split: 'trained on Training and PublicTest, with no row left to validate',
    });
    await expect(samplesOfRun(dataset, asked.store)).rejects.toThrow(/validated on none/);
    const record = await readRunRecord({ name: 'all', store: asked.store });
    expect(summarise(record)).toMatchObject({ kept: null, best: null, epochs: { done: 2 } });
    const comparison = compareRuns([record, record]);
    expect(comparison.accuracy).toEqual([]);
    expect(describeComparison(comparison)).toContain('nothing validates');
    expect(comparisonReport(comparison)).toContain('Loss over epochs');
    // The checkpoint of an epoch without figures is read, and the run goes on.
    expect((await trainRun({ ...asked, resume: true })).end).toBe('finished');
  });

  test.each([{ keep: 'best' }, { patience: 3 }])('without validation %j is refused', (config) => {
    expect(() => parseTrainConfig({ validation: null, ...config })).toThrow(ConfigError);
  });

  test('folds may be drawn over several splits, and never validate what trains', () => {
    const config = parseTrainConfig({ trainingSplit: ['Training', 'PublicTest'], validation: { folds: 4, fold: 1 } });
    const { training, validation } = chooseSamples(dataset, config);
    expect([...training, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });
});
