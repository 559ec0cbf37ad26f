// Training a detector on made-up scenes: the folder, resuming, what is refused, and that it learns.
import { describe, expect, test } from 'vitest';
import { faceScenes } from '../../../tests/fixtures/face-scenes.js';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun, stopAt } from '../../../tests/fixtures/quiet-run.js';
import { openSession } from '../../adapters/node/session.js';
import { decodePlaces } from '../../core/detect/places/decode-places.js';
import { detectorNames } from '../../core/detect/places/detector-metadata.js';
import { PlaceDetector } from '../../core/detect/places/place-detector.js';
import { ConfigError, RunError } from '../../core/errors.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { metadataKey } from '../../core/onnx/metadata-key.js';
import { readModel } from '../../core/onnx/read-model.js';
import { readCheckpoint } from '../../core/training/checkpoint.js';
import { DetectionBatches } from '../../core/training/detection/detection-batches.js';
import { LocalEngine } from '../../core/training/engine.js';
import { readSavedConfig, runFiles } from '../train/run-folder.js';
import { compareRuns } from '../train/runs/compare-runs.js';
import { comparisonReport } from '../train/runs/report/comparison-report.js';
import { describeComparison } from '../train/runs/report/describe-runs.js';
import { readRunRecord } from '../train/runs/run-record.js';
import { parseDetectorConfig } from './config.js';
import { readTrainedDetector } from './detector-model.js';
import { exportDetector } from './export-detector.js';
import { readPretrainedDetector } from './pretrained-detector.js';
import { type TrainDetectorRequest, trainDetector } from './train-detector.js';

const scenes = faceScenes(20);
const settings = {
  side: 64,
  epochs: 2,
  batchSize: 4,
  threads: 1,
  workers: 1,
  ghostBatch: null,
  validationShare: 0.2,
  schedule: { name: 'one-cycle', rate: 0.01 },
  average: null,
  composition: { faceSizes: [24, 48], mosaic: [0, 0], rotation: 0, occlusion: 0 },
};

function request(changes: Partial<TrainDetectorRequest> = {}, config: object = {}): TrainDetectorRequest {
  const { faces, read } = scenes;
  return {
    ...quietRun,
    store: createMemoryStore(),
    name: 'test-run',
    faces,
    config: parseDetectorConfig({ ...settings, ...config }),
    openSession,
    readPixels: read,
    startEngine: async (architecture, options, engine) =>
      new LocalEngine(createArchitecture(architecture, options), openSession, engine),
    startBatches: (options) => new DetectionBatches(options, read),
    ...changes,
  };
}

async function lines(store: TrainDetectorRequest['store']): Promise<Record<string, number>[]> {
  const text = new TextDecoder().decode(await store.read(runFiles.metrics));
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('trainDetector', () => {
  test('goes on from the weights of another run, and says so', async () => {
    const first = request();
    await trainDetector(first);
    const pretrained = await readPretrainedDetector(first.store);
    const config = { epochs: 1, pretrained: { run: 'first' } };
    const still = { ...config, schedule: { name: 'constant', rate: 1e-9 }, weightDecay: 0 };
    const second = request({ pretrained }, still);
    await trainDetector(second);
    const weightsOf = async (store: TrainDetectorRequest['store']) =>
      readCheckpoint((await store.read(runFiles.checkpoint))!).engine.weights;
    const [before, after] = [await weightsOf(first.store), await weightsOf(second.store)];
    const [name] = [...before].find(([, values]) => values.length > 100)!;
    expect(Math.max(...after.get(name)!.map((value, i) => Math.abs(value - before.get(name)![i]!)))).toBeLessThan(1e-5);
    const { facts } = await readTrainedDetector(second.store, 'last');
    expect(facts.pretrained).toMatchObject({ run: 'test-run', split: 'epoch 2 of 2, a share of 0.2 held back' });
    const exported = await exportDetector({ store: second.store, weights: 'last' });
    expect(exported.run.facts.pretrained).toEqual(facts.pretrained);

    await expect(trainDetector(request({ pretrained }, { ...config, validationShare: 0.3 }))).rejects.toThrow(
      /at most that of the pretrained run/,
    );
    const other = { ...pretrained, facts: { ...pretrained.facts, hash: '0'.repeat(64) } };
    const resumed = request({ store: second.store, resume: true, pretrained: other }, still);
    await expect(trainDetector(resumed)).rejects.toThrow(/weights it began with/);
  });

  test('keeps checkpoints, history and a model that takes pictures of other sizes', async () => {
    const whole = request();
    const result = await trainDetector(whole);
    expect(result).toMatchObject({ end: 'finished', epochs: 2 });
    const history = await lines(whole.store);
    expect(history).toHaveLength(2);
    expect(history[1]).toMatchObject({ epoch: 2, validationPrecision: result.precision });
    expect(history[1]).not.toHaveProperty('trainingAccuracy');
    const record = await readRunRecord({ name: 'test-run', store: whole.store });
    const compared = compareRuns([record, record]);
    expect(describeComparison(compared)).toMatch(/validation average precision[\s\S]*test-run/);
    expect(describeComparison(compared)).not.toContain('nothing validates');
    expect(comparisonReport(compared)).toContain('Validation average precision over epochs');
    const model = (await whole.store.read(runFiles.model))!;
    const metadata = JSON.parse(readModel(model).metadata.get(metadataKey)!);
    expect(metadata).toMatchObject({ kind: 'face-detector', run: 'test-run', epoch: 2, dataset: whole.faces.hash });
    expect(metadata.threshold).toBe(result.threshold);
    expect(result.threshold).toBeGreaterThanOrEqual(0.2);
    expect(result.threshold).toBeLessThanOrEqual(0.95);
    const session = await openSession(model);
    const image = { dims: [1, 3, 96, 128], data: new Uint8Array(3 * 96 * 128).fill(90) };
    const data = (await session.run({ [detectorNames.image]: image }))[detectorNames.places]!.data as Float32Array;
    await session.release();
    expect(() => decodePlaces(data, { width: 128, height: 96, minScore: 0.5 })).not.toThrow();
    expect(data).toHaveLength(13 * (12 * 16 + 6 * 8 + 3 * 4));
  });

  test('stopped and resumed, it ends where an unbroken run ends', async () => {
    const unbroken = request();
    await trainDetector(unbroken);
    const store = createMemoryStore();
    const stopped = await trainDetector(request({ store, shouldStop: stopAt(5) }));
    expect(stopped).toMatchObject({ end: 'stopped', precision: null });
    const config = await readSavedConfig(store, parseDetectorConfig);
    // What it has learned so far can be tried before it is done.
    await expect(exportDetector({ store: createMemoryStore(), weights: 'last' })).rejects.toThrow(RunError);
    const best = await exportDetector({ store, weights: 'best' });
    expect(best.run.checkpoint.trainer.epoch).toBe(1);
    const exported = await exportDetector({ store, weights: 'last' });
    expect(exported.figures).toBeUndefined();
    const detector = await PlaceDetector.open(exported.model, openSession);
    expect(detector.metadata).toMatchObject({ run: 'test-run', validationShare: 0.2, epoch: 1 });
    await detector.release();
    expect(await trainDetector(request({ store, config, resume: true }))).toMatchObject({ end: 'finished' });
    const [one, other] = await Promise.all([unbroken.store, store].map((each) => each.read(runFiles.checkpoint)));
    expect(readCheckpoint(other!)).toEqual(readCheckpoint(one!));
  });

  test('refuses to resume with another configuration, and to begin in a folder with a run', async () => {
    const store = createMemoryStore();
    await trainDetector(request({ store, shouldStop: stopAt(1) }));
    await expect(trainDetector(request({ store }))).rejects.toThrow(RunError);
    await expect(trainDetector(request({ store, resume: true }, { seed: 9 }))).rejects.toThrow(/seed was 1 and is 9/);
    const others = { ...scenes.faces, hash: 'b'.repeat(64) };
    await expect(trainDetector(request({ store, resume: true, faces: others }))).rejects.toThrow(/another hash/);
  });

  test('refuses fewer pictures than a batch before it writes anything', async () => {
    const store = createMemoryStore();
    await expect(trainDetector(request({ store }, { batchSize: 32 }))).rejects.toThrow(/smaller batchSize/);
    expect(await store.list()).toEqual([]);
  });

  test('learns to find what it was shown', async () => {
    const learning = request({}, { epochs: 25, validationShare: 0.2 });
    const { precision } = await trainDetector(learning);
    const history = await lines(learning.store);
    expect(history.at(-1)!['trainingLoss']!).toBeLessThan(0.4 * history[0]!['trainingLoss']!);
    expect(precision).toBeGreaterThan(0.5);
  });
});

describe('parseDetectorConfig', () => {
  test('has defaults for all', () => {
    expect(parseDetectorConfig({})).toMatchObject({ architecture: 'pyramid', side: 256, keep: 'last', seed: 1 });
  });

  test.each([
    [{ side: 100 }, /side/],
    [{ workers: 3, threads: 2 }, /workers must not be above threads/],
    [{ validationShare: 0, keep: 'best' }, /keep must be 'last'/],
    [{ composition: { mosaic: [0.7, 0.7] } }, /above 1/],
    [{ composition: { faceSizes: [50, 20] } }, /below the largest/],
    [{ augmentation: {} }, /augmentation/],
  ])('refuses %j', (json, message) => {
    expect(() => parseDetectorConfig(json)).toThrow(ConfigError);
    expect(() => parseDetectorConfig(json)).toThrow(message);
  });
});
