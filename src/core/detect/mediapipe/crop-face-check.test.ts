// Faces cut out of photographs as tightly as FER2013 cuts them, and pictures of the same size that show none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../tests/requirements.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { openSession } from '../../../adapters/node/session.js';
import { ModelFormatError } from '../../errors.js';
import { crop } from '../../image/crop.js';
import { toGrey } from '../../image/grey.js';
import type { Box, GreyPicture } from '../../image/picture.js';
import { resizeGrey } from '../../image/resize.js';
import { createRandom } from '../../numbers/random.js';
import { CropFaceCheck, cropFaceScore } from './crop-face-check.js';
import { convertDetector, detectorModels, detectorPackage } from './detector-models.js';

const [fullRange, shortRange] = detectorModels.map((model) =>
  convertDetector(model, readFileSync(join(repositoryRoot, 'node_modules', detectorPackage, model.tflite)), 'test'),
) as [Uint8Array, Uint8Array];

/** 48 x 48 pixels of a box of the package's first photograph. */
async function cut(box: Box): Promise<GreyPicture> {
  const photograph = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');
  return resizeGrey(toGrey(crop(await decodePicture(photograph), box)), 48, 48);
}

describe('CropFaceCheck', () => {
  let check: CropFaceCheck;
  beforeAll(async () => {
    check = await CropFaceCheck.open({ fullRange, shortRange }, openSession);
  });
  afterAll(() => check.release());

  it.each<[Box]>([[[380, 390, 195, 195]], [[820, 450, 200, 200]], [[1475, 255, 165, 165]]])(
    'finds the face that fills %j',
    async (box) => {
      expect(await check.score(await cut(box))).toBeGreaterThanOrEqual(cropFaceScore);
    },
  );

  const random = createRandom(1);
  const draw = (value: (x: number, y: number) => number): GreyPicture => ({
    ...{ width: 48, height: 48, channels: 1 },
    data: Uint8Array.from({ length: 48 * 48 }, (_, i) => value(i % 48, Math.floor(i / 48))),
  });

  it.each<[string, GreyPicture]>([
    ['lines of text', draw((x, y) => (y % 8 < 3 && (x * 7 + y) % 5 < 3 && x > 6 && x < 42 ? 40 : 245))],
    ['a warning sign', draw((x, y) => (Math.abs(x - 24) < (y - 8) / 2 && y < 40 ? 230 : 5))],
    ['noise', draw(() => random.integer(256))],
    ['black', draw(() => 0)],
  ])('finds none in %s', async (_, picture) => {
    expect(await check.score(picture)).toBeLessThan(cropFaceScore);
  });

  it('refuses bytes that are no model', async () => {
    await expect(CropFaceCheck.open({ fullRange: Uint8Array.of(1), shortRange }, openSession)).rejects.toThrow(
      ModelFormatError,
    );
  });
});
