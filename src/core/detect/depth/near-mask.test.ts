import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DepthPicture } from '../../image/depth-picture.js';
import { blackOutside, nearMask } from './near-mask.js';

interface Fixture {
  readonly width: number;
  readonly height: number;
  readonly nearMm: number;
  readonly farMm: number;
  readonly boxes: readonly (readonly [x: number, y: number, width: number, height: number, mm: number])[];
  readonly runs: readonly number[];
}

describe('nearMask', () => {
  it("is OpenCV's, pixel for pixel (tests/oracles/near_mask.py)", () => {
    const path = new URL('../fixtures/near-mask.json', import.meta.url);
    const { width, height, nearMm, farMm, boxes, runs } = JSON.parse(readFileSync(path, 'utf8')) as Fixture;
    const data = new Uint16Array(width * height).fill(farMm);
    for (const [x, y, w, h, mm] of boxes) {
      for (let row = y; row < Math.min(height, y + h); row++) {
        data.fill(mm, row * width + x, row * width + Math.min(width, x + w));
      }
    }
    const expected = runs.flatMap((length, i) => new Array<number>(length).fill(i % 2));
    const mask = nearMask({ width, height, kind: 'millimetres', data }, nearMm);
    expect([...mask]).toEqual(expected);
    expect(new Set(expected).size).toBe(2);
  });

  it('closes holes within what is near', () => {
    const data = new Uint16Array(640 * 60).fill(800);
    for (let y = 20; y < 38; y++) data.fill(0, y * 640 + 300, y * 640 + 318);
    const mask = nearMask({ width: 640, height: 60, kind: 'millimetres', data }, 1000);
    expect(mask.every((value) => value === 1)).toBe(true);
  });
});

describe('blackOutside', () => {
  const depth: DepthPicture = { width: 2, height: 1, kind: 'millimetres', data: new Uint16Array(2) };
  const mask = Uint8Array.of(0, 1);

  it('blacks out a picture of another size, and leaves the original alone', () => {
    const picture = { width: 4, height: 1, channels: 3 as const, data: new Uint8Array(12).fill(9) };
    const segmented = blackOutside(picture, mask, depth);
    expect([...segmented.data]).toEqual([0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9]);
    expect(picture.data.every((value) => value === 9)).toBe(true);
  });

  it('keeps what is transparent as it is', () => {
    const picture = { width: 2, height: 1, channels: 4 as const, data: new Uint8Array(8).fill(7) };
    expect([...blackOutside(picture, mask, depth).data]).toEqual([0, 0, 0, 7, 7, 7, 7, 7]);
  });
});
