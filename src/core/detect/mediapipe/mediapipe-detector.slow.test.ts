// The detector on all of CMU + MIT's pictures and on scenes without a face, beside what the cascade finds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countOnDetectionSets } from '../../../../tests/fixtures/detection-sets.js';
import { describeWith, repositoryRoot, requireShared } from '../../../../tests/requirements.js';
import { openSession } from '../../../adapters/node/session.js';
import { convertDetector, detectorModels, detectorPackage } from './detector-models.js';
import { MediaPipeDetector, type MediaPipeModels } from './mediapipe-detector.js';

const models: MediaPipeModels = (() => {
  const [full, short] = detectorModels.map((model) =>
    convertDetector(model, readFileSync(join(repositoryRoot, 'node_modules', detectorPackage, model.tflite)), 'test'),
  );
  return { fullRange: full!, shortRange: short! };
})();

describeWith(requireShared('detection'), 'faces from 30 pixels on, in groups and afar', () => {
  it('are found more often than by the cascade, with at most half of its wrong boxes', async () => {
    const thorough = await MediaPipeDetector.open(models, openSession, { search: 'thorough', minFace: 30 });
    const { hits, wrong, inScenes } = await countOnDetectionSets(thorough, requireShared('detection').path);
    await thorough.release();
    // The cascade (1.1, 5): 258 of the 309 faces with 14 wrong boxes, and 13 in the scenes.
    expect(hits).toBeGreaterThanOrEqual(258);
    expect(wrong).toBeLessThanOrEqual(7);
    expect(inScenes).toBeLessThanOrEqual(6);
  });
});
