// A detector's run as a file: its threshold, its figures and its card.
import { beforeAll, describe, expect, test } from 'vitest';
import { faceScenes } from '../../../tests/fixtures/face-scenes.js';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun } from '../../../tests/fixtures/quiet-run.js';
import { untrainedDetector } from '../../../tests/fixtures/untrained-detector.js';
import { openSession } from '../../adapters/node/session.js';
import type { FacesDescription } from '../../core/dataset/face-pictures.js';
import { detectorMetadataOf } from '../../core/detect/places/place-network.js';
import { ModelFormatError, RunError } from '../../core/errors.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { readModel } from '../../core/onnx/read-model.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { silentProgress } from '../../core/ports/progress.js';
import type { OpenSession } from '../../core/ports/session.js';
import { DetectionBatches } from '../../core/training/detection/detection-batches.js';
import { LocalEngine } from '../../core/training/engine.js';
import { runFiles } from '../train/run-folder.js';
import { parseDetectorConfig } from './config.js';
import { exportDetector, type MeasuringParts } from './export-detector.js';
import { describeDetectorExport } from './report/describe-detector-export.js';
import { isDetectorCard, writeDetectorCard } from './report/detector-card.js';
import { trainDetector } from './train-detector.js';

const readDetectorMetadata = (model: Uint8Array) => detectorMetadataOf(readModel(model))!;

const scenes = faceScenes(20);
const [folded, ...others] = scenes.faces.pictures;
/** Of two sets, with one sure and one unsure proposal. */
const faces: FacesDescription = {
  ...scenes.faces,
  pictures: [
    {
      ...folded!,
      unsure: [0.9, 0.6].map((score) => ({ score, box: [0, 0, 10, 10] as const, points: [0, 0, 5, 0, 2, 2, 2, 5] })),
    },
    ...others,
  ].map((picture, i) => ({ ...picture, file: `${i % 2 === 0 ? 'even' : 'odd'}/${picture.file}` })),
};
const measuring: MeasuringParts = {
  ...{ faces, openSession, progress: silentProgress },
  readPixels: scenes.read,
  clock: () => 0,
};
const files = { model: 'now.onnx', card: 'now.md', evaluation: 'now.evaluation.json' };

async function trained(validationShare: number): Promise<BlobStore> {
  const store = createMemoryStore();
  const settings = { side: 64, epochs: 1, batchSize: 4, threads: 1, workers: 1, ghostBatch: null, validationShare };
  const result = await trainDetector({
    ...{ ...quietRun, store, name: 'a run', faces, openSession },
    config: parseDetectorConfig(settings),
    readPixels: scenes.read,
    startEngine: async (architecture, options, engine) =>
      new LocalEngine(createArchitecture(architecture, options), openSession, engine),
    startBatches: (options) => new DetectionBatches(options, scenes.read),
  });
  expect(result.threshold === null).toBe(validationShare === 0);
  return store;
}

let store: BlobStore;
beforeAll(async () => {
  store = await trained(0.3);
});

describe('exportDetector', () => {
  test('stores the threshold that the training chose, with figures at it', async () => {
    const exported = await exportDetector({ store, weights: 'last', measuring });
    const { threshold } = readDetectorMetadata(exported.model);
    expect(threshold).toBe(exported.figures!.threshold);
    // In the figures every threshold is 0.6.
    expect(exported.figures!.atScore.score).toBe(0.6);
    expect(exported.figures!.byCentre.atScore.score).toBe(0.6);
    expect(threshold).toBe(readDetectorMetadata((await store.read(runFiles.model))!).threshold);
    expect(exported.figures!.pictures).toBe(exported.run.facts.validationSamples);
    expect(describeDetectorExport(files, exported)).toMatch(/now\.md[\s\S]*held back, from a score of/);
  });

  test('without the pictures there is no threshold, and the remedy is told', async () => {
    const exported = await exportDetector({ store, weights: 'last' });
    expect(readDetectorMetadata(exported.model)).not.toHaveProperty('threshold');
    expect(describeDetectorExport(files, exported)).toMatch(/no threshold: a score of 0.5 counts; --data/);
  });

  test('refuses the pictures of another run', async () => {
    const other = { ...measuring, faces: { ...faces, hash: 'b'.repeat(64) } };
    const exporting = exportDetector({ store, weights: 'last', measuring: other });
    await expect(exporting).rejects.toThrow(RunError);
    await expect(exporting).rejects.toThrow(/aaaaaaaaaaaa….*bbbbbbbbbbbb….*--data/);
  });

  test('refuses a model that gives NaN instead of a threshold', async () => {
    const nan: OpenSession = async (model, options) => {
      const session = await openSession(model, options);
      const run: typeof session.run = async (feeds) => {
        const { places } = await session.run(feeds);
        return { places: { dims: places!.dims, data: new Float32Array(places!.data.length).fill(Number.NaN) } };
      };
      return { inputNames: [], outputNames: [], run, release: () => session.release() };
    };
    const request = { store, weights: 'last', measuring: { ...measuring, openSession: nan } } as const;
    await expect(exportDetector(request)).rejects.toThrow(ModelFormatError);
  });

  test('a run that held no picture back has no threshold, and its card says so', async () => {
    const exported = await exportDetector({ store: await trained(0), weights: 'last', measuring });
    expect(exported.figures).toBeNull();
    expect(readDetectorMetadata(exported.model)).not.toHaveProperty('threshold');
    expect(describeDetectorExport(files, exported)).toMatch(/held no picture back/);
    const card = writeDetectorCard({ exported, faces, file: 'now.onnx' });
    expect(card).toMatch(/Threshold \| none[\s\S]*## Figures\n\nNone, and no threshold/);
  });
});

test('the card tells data, recipe, notes and figures with their intervals', async () => {
  const exported = await exportDetector({ store, weights: 'best', measuring });
  const card = writeDetectorCard({ exported, faces, file: 'now.onnx', notes: 'Licence: *ours*.\n' });
  expect(isDetectorCard(card)).toBe(true);
  expect(card).toContain(`| File | ${exported.model.length.toLocaleString('en')} bytes |`);
  expect(card).toContain('20 pictures with 16 annotated faces');
  expect(card).toContain('proposed 2 more places, which nobody annotated: the 1 with a score of 0.8 or more');
  expect(card).toMatch(/\| even \| 10 \| \d+ \| \d+ \|\n\| odd \| 10 \|/);
  expect(card).toMatch(/1 epoch of \d steps of 4 samples/);
  expect(card).toContain('its figures are a little too good');
  expect(card).toContain('"validationShare": 0.3');
  expect(card).toContain('## Notes\n\nLicence: *ours*.\n\n## Figures');
  expect(card).toMatch(/\| all \| \d+ \| [\d.]+ % \| [\d.]+ to [\d.]+ % \|/);
  expect(card).toMatch(/\| 0\.01 \| [\d.]+ %/);
  expect(card).toContain('## Limits');
});

test('a file of a version that knew no threshold opens', () => {
  expect(readDetectorMetadata(untrainedDetector())).not.toHaveProperty('threshold');
  expect(readDetectorMetadata(untrainedDetector({ threshold: 0.7 })).threshold).toBe(0.7);
  expect(detectorMetadataOf(readModel(untrainedDetector({ threshold: 1.5 })))).toBeUndefined();
});
