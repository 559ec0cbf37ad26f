import { describe, expect, it } from 'vitest';
import { DepthFilter } from '../detect/depth/depth-filter.js';
import type { Face, FaceDetector } from '../detect/face.js';
import type { DepthPicture } from '../image/depth-picture.js';
import type { Picture } from '../image/picture.js';
import { findFaces } from './find-faces.js';

const [width, height] = [640, 480];
const picture: Picture = { width, height, channels: 1, data: new Uint8Array(width * height).fill(80) };
const face = (x: number, y: number, side: number): Face => ({ box: [x, y, side, side], score: 0.9, keypoints: null });

/** A wall 3 m away, and a ball of 20 cm before it at (320, 240) and 1 m: 105 pixels wide. */
const depth: DepthPicture = {
  width,
  height,
  kind: 'millimetres',
  data: Uint16Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [((i % width) - 320) / 52.5, (Math.floor(i / width) - 240) / 52.5];
    const inside = 1 - x * x - y * y;
    return inside > 0 ? 1100 - 100 * Math.sqrt(inside) : 3000;
  }),
};

function detector(...faces: readonly Face[]): FaceDetector & { readonly seen: Picture[] } {
  const seen: Picture[] = [];
  return {
    seen,
    detect: async (shown) => {
      seen.push(shown);
      return [...faces];
    },
    release: async () => undefined,
  };
}

describe('findFaces', () => {
  const frame = { index: 0, timeMs: 0, picture, depth };
  const [real, poster] = [face(280, 200, 80), face(40, 40, 28)];

  it('rejects what depth speaks against, and tells the distance of the rest', async () => {
    const found = await findFaces(frame, detector(real, poster), new DepthFilter());
    expect(found).toMatchObject({ faces: [real], rejected: [{ box: poster.box }] });
    expect(found.rejected[0]!.reason).toMatch(/^flat/);
    expect(found.depthsMm[0]).toBeGreaterThanOrEqual(1000);
    expect(found.depthsMm[0]).toBeLessThan(1020);
  });

  it('takes everything without depth or without a filter', async () => {
    for (const [shown, filter] of [
      [{ ...frame, depth: undefined }, new DepthFilter()],
      [frame, undefined],
    ] as const) {
      const found = await findFaces(shown, detector(real, poster), filter);
      expect(found).toEqual({ faces: [real, poster], depthsMm: [null, null], rejected: [] });
    }
  });

  it('shows the detector the segmented picture', async () => {
    const eyes = detector();
    await findFaces(frame, eyes, new DepthFilter({ mode: 'segment' }));
    const { data } = eyes.seen[0]!;
    expect(data[240 * width + 320]).toBe(80);
    expect(data[40 * width + 40]).toBe(0);
    expect(picture.data[40 * width + 40]).toBe(80);
  });

  it('asks depth only about boxes in the picture', async () => {
    const found = await findFaces(frame, detector(face(700, 40, 50), face(40, 40, 0)), new DepthFilter());
    expect(found.rejected.map(({ reason }) => reason)).toEqual(['outside the picture', 'no area']);
  });
});
