// The shipped detector on photographs of groups: faces, nothing else, and key points on eyes, nose and mouth.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  countInGroups,
  groupFaces,
  groupPhotograph,
  toWebcamSize,
} from '../../../../tests/fixtures/group-photographs.js';
import { openShippedDetector } from '../../../adapters/node/shipped-detector.js';
import { crop } from '../../image/crop.js';
import { toGrey } from '../../image/grey.js';
import type { Picture } from '../../image/picture.js';
import { resize } from '../../image/resize.js';
import type { SearchingDetector } from '../networks/open-detector.js';

describe.each(['quick', 'thorough'] as const)('the shipped detector, %s', (search) => {
  let detector: SearchingDetector;
  beforeAll(async () => {
    detector = await openShippedDetector({ search });
  });
  afterAll(() => detector.release());

  it.each([
    { kind: 'whole, in colour', prepare: (picture: Picture) => picture },
    { kind: '640 pixels wide', prepare: toWebcamSize },
    { kind: 'grey', prepare: (picture: Picture) => toGrey(picture) },
  ])('finds 21 of 22 faces, all but a laughing profile, and nothing else: $kind', async ({ prepare }) => {
    const total = await countInGroups(detector, prepare);
    expect(total).toEqual({ hits: 21, wrong: 0 });
  });

  it('puts the key points where they belong', async () => {
    for (const { box, keypoints } of await detector.detect(await groupPhotograph('sample3.jpg'))) {
      const { rightEye, leftEye, nose, mouth } = keypoints!;
      const apart = leftEye[0] - rightEye[0];
      expect(apart).toBeGreaterThan(0.25 * box[2]);
      expect(Math.max(rightEye[1], leftEye[1])).toBeLessThan(nose[1]);
      expect(nose[1]).toBeLessThan(mouth[1]);
      expect(mouth[0]).toBeGreaterThan(rightEye[0]);
      expect(mouth[0]).toBeLessThan(leftEye[0]);
    }
  });

  it('finds faces that fill the picture', async () => {
    const picture = await groupPhotograph('sample3.jpg');
    for (const share of [0.65, 0.85, 1]) {
      for (const [left, top, width] of groupFaces['sample3.jpg']!) {
        const side = Math.round(width / share);
        const start = (from: number) => Math.round(from + width / 2 - side / 2);
        const closeUp = resize(crop(picture, [start(left), start(top), side, side]), 640, 640);
        expect((await detector.detect(closeUp)).length, `${share}`).toBeGreaterThanOrEqual(1);
      }
    }
  });
});
