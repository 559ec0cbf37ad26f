// The shipped detector on all of CMU + MIT's pictures and on scenes without a face: as its card says.
import { expect, it } from 'vitest';
import { countOnDetectionSets } from '../../../../tests/fixtures/detection-sets.js';
import { describeWith, requireShared } from '../../../../tests/requirements.js';
import { openShippedDetector } from '../../../adapters/node/shipped-detector.js';

describeWith(requireShared('detection'), 'faces from 30 pixels on, in groups and afar', () => {
  it('are found in at least nine of ten cases, with at most two false detections in either set', async () => {
    const detector = await openShippedDetector({ search: 'thorough', minFace: 30 });
    const { hits, wrong, inScenes } = await countOnDetectionSets(detector, requireShared('detection').path);
    await detector.release();
    expect(hits / 309).toBeGreaterThanOrEqual(0.9);
    expect(wrong).toBeLessThanOrEqual(2);
    expect(inScenes).toBeLessThanOrEqual(2);
  });
});
