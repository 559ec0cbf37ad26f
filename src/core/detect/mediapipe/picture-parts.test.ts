import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box, Picture } from '../../image/picture.js';
import type { Face } from '../face.js';
import { isWholeInPart, moveFace, pictureParts, scaleFace } from './picture-parts.js';

const side = fc.integer({ min: 1, max: 3000 });

function pictureOf(width: number, height: number): Picture {
  return { width, height, channels: 1, data: new Uint8Array() };
}

describe('pictureParts', () => {
  it('gives whole pixels inside the picture', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        for (const [x, y, w, h] of pictureParts({ width, height })) {
          expect([x, y, w, h].every(Number.isInteger)).toBe(true);
          expect(x >= 0 && y >= 0 && w >= 1 && h >= 1 && x + w <= width && y + h <= height).toBe(true);
        }
      }),
    );
  });

  it('has a part that holds every small face whole', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 3000 }), side, place, place, (width, height, px, py) => {
        const size = Math.min(height, width) * 0.05;
        const [x, y] = [px * (width - size), py * (height - size)];
        const whole = pictureParts({ width, height }).some((part) => {
          const face: Face = { box: [x - part[0], y - part[1], size, size], score: 1, keypoints: null };
          const inside = x >= part[0] && y >= part[1] && x + size <= part[0] + part[2] && y + size <= part[1] + part[3];
          return inside && isWholeInPart(face, part, pictureOf(width, height));
        });
        expect(whole).toBe(true);
      }),
    );
  });

  it('has none for a small picture and few for a large one', () => {
    expect(pictureParts({ width: 200, height: 200 })).toEqual([]);
    expect(pictureParts({ width: 2560, height: 2560 }).length).toBeLessThan(50);
  });
});

describe('moveFace and scaleFace', () => {
  it('take box and key points along', () => {
    const face: Face = {
      box: [1, 2, 3, 4],
      score: 0.5,
      keypoints: { rightEye: [1, 2], leftEye: [3, 2], nose: [2, 3], mouth: [2, 4], rightEar: [0, 2], leftEar: [4, 2] },
    };
    expect(moveFace(face, [10, 20])).toMatchObject({ box: [11, 22, 3, 4], keypoints: { mouth: [12, 24] } });
    expect(scaleFace(face, 2, 3)).toMatchObject({ box: [2, 6, 6, 12] as Box, keypoints: { mouth: [4, 12] } });
    expect(moveFace({ ...face, keypoints: null }, [1, 1]).keypoints).toBeNull();
  });
});
