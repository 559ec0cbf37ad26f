// Box for box what OpenCV finds, where it is installed; elsewhere, the made picture's boxes that OpenCV 4.6 gave.
import { describe, expect, it } from 'vitest';
import { cascade, expectBoxesOfOpenCv, openCv } from '../../../../tests/fixtures/opencv-boxes.js';
import { describeWith } from '../../../../tests/requirements.js';
import { ConfigError } from '../../errors.js';
import type { GreyPicture } from '../../image/picture.js';
import { createRandom } from '../../numbers/random.js';
import { HaarDetector } from './haar-detector.js';

/** A face of a few flat shapes, with a little noise, at a place and size. */
function drawnFace(
  width: number,
  height: number,
  faces: readonly (readonly [x: number, y: number, side: number])[],
): GreyPicture {
  const random = createRandom(5);
  const data = Uint8Array.from({ length: width * height }, () => 70 + random.integer(12));
  for (const [left, top, side] of faces) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const grey = shade((x + 0.5) / side, (y + 0.5) / side);
        if (grey > 0) data[(top + y) * width + left + x] = grey + random.integer(12);
      }
    }
  }
  return { width, height, channels: 1, data };
}

function shade(u: number, v: number): number {
  const inside = (cx: number, cy: number, rx: number, ry: number) => ((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2 < 1;
  if (inside(0.32, 0.38, 0.1, 0.06) || inside(0.68, 0.38, 0.1, 0.06)) return 40;
  if (inside(0.32, 0.29, 0.14, 0.035) || inside(0.68, 0.29, 0.14, 0.035)) return 60;
  if (inside(0.5, 0.77, 0.18, 0.05)) return 90;
  if (inside(0.5, 0.6, 0.08, 0.05)) return 150;
  return inside(0.5, 0.5, 0.46, 0.58) ? 185 : 0;
}

const made = drawnFace(200, 140, [
  [14, 20, 60],
  [100, 24, 90],
]);

describe('HaarDetector', () => {
  it('finds the faces of a made picture where OpenCV 4.6 finds them', () => {
    expect(new HaarDetector(cascade, { minNeighbors: 3 }).boxesIn(made)).toEqual([
      [9, 14, 72, 72],
      [94, 19, 100, 100],
    ]);
  });

  it('gives faces without key points, of the sizes asked for', async () => {
    const all = await new HaarDetector(cascade, { minNeighbors: 0 }).detect(made);
    const large = await new HaarDetector(cascade, { minNeighbors: 0, minSize: 60 }).detect(made);
    expect(all.every(({ keypoints, score }) => keypoints === null && score === 1)).toBe(true);
    expect(large.length).toBeGreaterThan(0);
    expect(large).toEqual(all.filter(({ box }) => box[2] >= 60));
  });

  it('finds nothing in a flat picture, nor in one smaller than its window', () => {
    const flat = (side: number): GreyPicture => ({
      ...{ width: side, height: side, channels: 1 },
      data: new Uint8Array(side * side).fill(90),
    });
    for (const side of [1, 23, 24, 80]) expect(new HaarDetector(cascade).boxesIn(flat(side))).toEqual([]);
  });

  it.each([
    { scaleFactor: 1 },
    { scaleFactor: Number.NaN },
    { minNeighbors: -1 },
    { minNeighbors: 0.5 },
    { minSize: 9, maxSize: 8 },
  ])('refuses %j', (options) => {
    expect(() => new HaarDetector(cascade, options)).toThrow(ConfigError);
  });
});

describeWith(openCv, 'beside OpenCV', () => {
  it.each([
    [1.1, 0],
    [1.15, 0],
    [1.1, 3],
    [1.3, 2],
  ])('finds the same boxes in made pictures, scale factor %d, %d neighbours', (scaleFactor, minNeighbors) => {
    const odd = drawnFace(157, 93, [[30, 10, 70]]);
    expect(expectBoxesOfOpenCv([made, odd], scaleFactor, minNeighbors)).toBeGreaterThan(0);
  });
});
