// What is drawn where, and that nothing is drawn outside the picture.
import { describe, expect, it } from 'vitest';
import type { Picture } from '../image/picture.js';
import { annotate } from './annotate.js';
import type { FaceResult } from './frame-result.js';

const blank = (width: number, height: number, channels: 1 | 3 | 4 = 3): Picture => ({
  width,
  height,
  channels,
  data: new Uint8Array(width * height * channels),
});
const face: FaceResult = {
  box: [100, 100, 120, 120],
  score: 0.9,
  track: 1,
  person: 'Ada',
  distance: 30,
  expression: 'happy',
  probabilities: { angry: 0.1, happy: 0.9 },
  confirmed: 'happy',
  depthMm: null,
};
const isPainted = ({ width, data }: Picture, x: number, y: number) =>
  data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3).some((value) => value > 0);

describe('annotate', () => {
  it('draws the box, the name above it and longer bars for likelier expressions', () => {
    const picture = blank(640, 480);
    annotate(picture, { faces: [face], rejected: [] });
    expect(isPainted(picture, 100, 160)).toBe(true);
    expect(isPainted(picture, 219, 160)).toBe(true);
    expect(isPainted(picture, 160, 160)).toBe(false);
    expect(isPainted(picture, 101, 98)).toBe(true);
    // Bright pixels of the bar of each row: the second is nearly full, the first nearly empty.
    const bright = (y: number) => {
      let count = 0;
      for (let x = 256; x < 296; x++) if (picture.data[(y * 640 + x) * 3 + 2]! > 200) count++;
      return count;
    };
    expect(bright(115)).toBeGreaterThan(bright(106) + 20);
  });

  it('marks rejected detections too', () => {
    const picture = blank(640, 480);
    annotate(picture, { faces: [], rejected: [{ box: [10, 10, 50, 50], reason: 'too flat' }] });
    expect(isPainted(picture, 10, 30)).toBe(true);
  });

  it('survives any box, any picture and any name', () => {
    for (const [width, height] of [
      [1, 1],
      [3, 200],
      [640, 480],
    ] as const) {
      for (const channels of [1, 3, 4] as const) {
        for (const box of [
          [-50, -50, 60, 60],
          [600, 440, 300, 300],
          [0, 0, 640, 480],
        ] as const) {
          const odd = { ...face, box, person: '名前\u0000'.repeat(40), track: 1e9 };
          expect(() => annotate(blank(width, height, channels), { faces: [odd], rejected: [] })).not.toThrow();
        }
      }
    }
    expect(() =>
      annotate(blank(64, 64), { faces: [{ ...face, probabilities: {}, confirmed: null }], rejected: [] }),
    ).not.toThrow();
  });
});
