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
    // Of the rows right of the box, the second bar is nearly full in the track's colour, the first nearly empty.
    const coloured = (from: number, to: number) => {
      let count = 0;
      for (let y = from; y < to; y++) {
        for (let x = 224; x < 480; x++) {
          const [red, green, blue] = picture.data.subarray((y * 640 + x) * 3, (y * 640 + x) * 3 + 3);
          if (red === 94 && green === 199 && blue === 255) count++;
        }
      }
      return count;
    };
    expect(coloured(104, 120)).toBe(0);
    expect(coloured(120, 136)).toBeGreaterThan(100);
  });

  it.each([
    [320, 240, 15],
    [640, 480, 22],
    [1280, 720, 33],
  ])('writes a label with smooth edges on its ground, which grows with the picture: %i x %i', (width, height, line) => {
    const picture = blank(width, height);
    picture.data.fill(255);
    annotate(picture, { faces: [{ ...face, box: [40, 100, 60, 60], probabilities: null }], rejected: [] });
    const rows = Array.from({ length: 99 }, (_, y) => picture.data[(y * width + 42) * 3]! < 255);
    expect(rows.filter(Boolean)).toHaveLength(line - 1);
    const levels = new Set<number>();
    for (let y = 100 - line; y < 100; y++)
      for (let x = 40; x < 140; x++) levels.add(picture.data[(y * width + x) * 3]!);
    expect(levels.size).toBeGreaterThan(15);
  });

  it('covers no other face with bars, and no bars with others', () => {
    const picture = blank(640, 480);
    const other = { ...face, track: 2, box: [230, 100, 120, 120] as const };
    annotate(picture, { faces: [face, { ...other, probabilities: null }], rejected: [] });
    // The middle of the other face.
    for (let y = 130; y < 210; y++) expect(isPainted(picture, 290, y)).toBe(false);
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
