// Batches of faces from worker threads, out of the packed pictures on disk.
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../../../../tests/requirements.js';
import {
  type FacePicture,
  FacesWriter,
  facesFiles,
  readFacesDescription,
} from '../../../core/dataset/face-pictures.js';
import { DatasetError } from '../../../core/errors.js';
import { createRandom } from '../../../core/numbers/random.js';
import { DetectionBatches, type DetectionBatchOptions } from '../../../core/training/detection/detection-batches.js';
import { createFolderStore } from '../files.js';
import { WorkerFaceBatches } from './batches.js';
import { FacePixels } from './face-pixels.js';

const entry = fileURLToPath(new URL('../../../../dist/adapters/node/training/batches-thread.js', import.meta.url));
const built = { path: entry, missing: existsSync(entry) ? undefined : 'the build (npm run build)' };

let folder: string;
let file: string;
let pictures: readonly FacePicture[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moodlens-faces-'));
  file = join(folder, facesFiles.pictures);
  const store = createFolderStore(folder);
  const writer = new FacesWriter(store);
  const random = createRandom(2);
  for (let i = 0; i < 7; i++) {
    const [width, height, channels] = [70, 60 + i, i % 2 === 0 ? 1 : 3] as const;
    const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
    const faces = [{ box: [20, 15, 20, 25], points: null }] as const;
    const described = { file: `${i}.png`, width, height, faces, unsure: [] };
    await writer.add(described, { width, height, channels, data }, Uint8Array.of(i));
  }
  await writer.finish();
  ({ pictures } = await readFacesDescription(store));
});
afterAll(() => rm(folder, { recursive: true }));

const options = (): DetectionBatchOptions => ({
  pictures,
  indices: Int32Array.from(pictures.keys()),
  batchSize: 3,
  side: 64,
  seed: 3,
  composition: { faceSizes: [10, 40], mosaic: [0.4, 0.1], flip: 0.5, rotation: 15, stretch: 0.1, occlusion: 0.2 },
  colours: { grey: 0.3, light: 0.6, blur: 0.3, noise: [0.5, 12], jpeg: [0.3, 25] },
  shares: { score: 4, box: 2, points: 0.5 },
});

describe('the pixels of packed pictures', () => {
  test('are refused when the file is missing or of another length', async () => {
    expect(() => new FacePixels(join(folder, 'none.bin'), pictures)).toThrow(DatasetError);
    expect(() => new FacePixels(file, pictures.slice(1))).toThrow(/must have .* bytes and has/);
  });

  test('a description that is damaged or missing is refused', async () => {
    const store = createFolderStore(await mkdtemp(join(folder, 'other-')));
    await expect(readFacesDescription(store)).rejects.toThrow(/moodlens detector import/);
    for (const text of ['{', '[]', '{"format":"moodlens-faces","version":1,"hash":"0","pictures":[]}']) {
      await store.write(facesFiles.description, text);
      await expect(readFacesDescription(store)).rejects.toThrow(DatasetError);
    }
  });
});

describeWith(built, 'batches of faces from worker threads', () => {
  test.each([1, 2])('are those made here, bit for bit, from %i threads', async (threads) => {
    const pixels = new FacePixels(file, pictures);
    const here = new DetectionBatches(options(), (index) => pixels.read(index));
    const there = new WorkerFaceBatches(options(), file, { threads });
    try {
      expect(there.perEpoch).toBe(2);
      for (let epoch = 0; epoch < 3; epoch++) {
        for (let number = 0; number < 2; number++) {
          expect(await there.batch(epoch, number)).toEqual(here.batch(epoch, number));
        }
      }
    } finally {
      await there.release();
      pixels.release();
    }
  });

  test('a file that has changed is an error where a batch is asked for', async () => {
    const copy = join(folder, 'longer.bin');
    await appendFile(copy, 'x');
    const there = new WorkerFaceBatches(options(), copy);
    await expect(there.batch(0, 0)).rejects.toThrow(/must keep working, and it ended/);
    await there.release();
  });
});
