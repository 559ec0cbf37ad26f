// Box for box what OpenCV finds, on scanned pictures and on scenes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectBoxesOfOpenCv, openCv } from '../../../../tests/fixtures/opencv-boxes.js';
import { describeWith, requireShared } from '../../../../tests/requirements.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { toGrey } from '../../image/grey.js';

const detection = requireShared('detection');
describeWith([openCv, detection], 'beside OpenCV on scanned pictures and scenes', () => {
  it.each([
    [1.1, 0],
    [1.15, 5],
  ])('finds the same boxes, scale factor %d, %d neighbours', async (scaleFactor, minNeighbors) => {
    const files = ['cmu-mit', 'negatives'].flatMap((name) => {
      const inside = join(detection.path, name);
      return readdirSync(inside)
        .filter((file) => !file.endsWith('.json'))
        .map((file) => join(inside, file));
    });
    const chosen = files.filter((_, i) => i % 12 === 0);
    const pictures = await Promise.all(chosen.map(async (file) => toGrey(await decodePicture(file))));
    expect(expectBoxesOfOpenCv(pictures, scaleFactor, minNeighbors)).toBeGreaterThan(20);
  });
});
