// The detector on all of CMU + MIT's pictures and on scenes without a face, beside what the cascade finds.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith, repositoryRoot, requireShared } from '../../../../tests/requirements.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { openSession } from '../../../adapters/node/session.js';
import type { Box } from '../../image/picture.js';
import { convertDetector, detectorModels, detectorPackage } from './detector-models.js';
import { MediaPipeDetector, type MediaPipeModels } from './mediapipe-detector.js';

const models: MediaPipeModels = (() => {
  const [full, short] = detectorModels.map((model) =>
    convertDetector(model, readFileSync(join(repositoryRoot, 'node_modules', detectorPackage, model.tflite)), 'test'),
  );
  return { fullRange: full!, shortRange: short! };
})();

describeWith(requireShared('detection'), 'faces from 30 pixels on, in groups and afar', () => {
  const { path } = requireShared('detection');

  it('are found more often than by the cascade, with at most half of its wrong boxes', async () => {
    const search = { search: 'thorough', minFace: 30 } as const;
    const thorough = await MediaPipeDetector.open(models, openSession, search);
    const { images } = JSON.parse(readFileSync(join(path, 'cmu-mit/boxes.json'), 'utf8')) as {
      images: { file: string; boxes: Box[] }[];
    };
    let [hits, wrong] = [0, 0];
    for (const { file, boxes } of images) {
      const found = await thorough.detect(await decodePicture(join(path, 'cmu-mit', file)));
      hits += boxes.filter((box) => found.some((face) => isHit(face.box, box))).length;
      wrong += found.filter((face) => !boxes.some((box) => isHit(face.box, box))).length;
    }
    // The cascade (1.1, 5): 258 of the 309 faces with 14 wrong boxes, and 13 in the scenes.
    expect(hits).toBeGreaterThanOrEqual(258);
    expect(wrong).toBeLessThanOrEqual(7);
    let boxes = 0;
    for (const file of readdirSync(join(path, 'negatives')).filter((name) => /\.jpe?g$|\.png$/.test(name))) {
      boxes += (await thorough.detect(await decodePicture(join(path, 'negatives', file)))).length;
    }
    expect(boxes).toBeLessThanOrEqual(6);
    await thorough.release();
  });
});

/** Centres within half a width, widths within a factor of 2.5: networks and annotators cut faces differently. */
function isHit([x, y, width, height]: Box, [left, top, wide, high]: Box): boolean {
  const isNear =
    Math.abs(x + width / 2 - left - wide / 2) < wide / 2 && Math.abs(y + height / 2 - top - high / 2) < wide / 2;
  return isNear && width < 2.5 * wide && wide < 2.5 * width;
}
