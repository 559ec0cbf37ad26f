import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../image/picture.js';
import { Letterbox } from './letterbox.js';

function flat(width: number, height: number, channels: 1 | 3 | 4, value: number): Picture {
  return { width, height, channels, data: new Uint8Array(width * height * channels).fill(value) };
}

describe('Letterbox', () => {
  it('centres the picture between black bars', () => {
    const box = new Letterbox(8);
    box.fill(flat(20, 10, 3, 255));
    const rows = Array.from({ length: 8 }, (_, y) => box.data[y * 8]);
    expect(rows).toEqual([-1, -1, 1, 1, 1, 1, -1, -1]);
  });

  it('clears what a picture of another shape left', () => {
    const box = new Letterbox(8);
    box.fill(flat(10, 20, 3, 255));
    box.fill(flat(20, 10, 1, 255));
    const fresh = new Letterbox(8);
    fresh.fill(flat(20, 10, 1, 255));
    expect(box.data).toEqual(fresh.data);
  });

  it('puts red, green and blue into planes and leaves alpha out', () => {
    const data = new Uint8Array(4 * 4 * 4).map((_, i) => [255, 127.5, 0, 9][i % 4]!);
    const box = new Letterbox(4);
    box.fill({ width: 4, height: 4, channels: 4, data });
    const plane = (c: number) => [...box.data.subarray(c * 16, c * 16 + 16)];
    expect(plane(0)).toEqual(new Array(16).fill(1));
    expect(plane(1).every((value) => Math.abs(value) < 0.01)).toBe(true);
    expect(plane(2)).toEqual(new Array(16).fill(-1));
  });

  it('sees a grey picture as its RGB copy', () => {
    const grey: Picture = { width: 7, height: 5, channels: 1, data: Uint8Array.from({ length: 35 }, (_, i) => i * 7) };
    const rgb: Picture = {
      ...grey,
      channels: 3,
      data: Uint8Array.from({ length: 105 }, (_, i) => Math.floor(i / 3) * 7),
    };
    const [a, b] = [new Letterbox(16), new Letterbox(16)];
    a.fill(grey);
    b.fill(rgb);
    expect(a.data).toEqual(b.data);
  });

  it('takes points back to where they came from, for any shape, and stays inside -1..1', () => {
    const side = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(1, 3, 4), fc.nat(255), (width, height, channels, value) => {
        const box = new Letterbox(64);
        box.fill(flat(width, height, channels as 1 | 3 | 4, value));
        expect(box.data.every((v) => v >= -1.00001 && v <= 1.00001)).toBe(true);
        const [x, y] = box.toPicture(0.5, 0.5);
        // The middle stays the middle, to the pixel of rounding that the bars take.
        const pixel = Math.max(width, height) / 64;
        expect(Math.abs(x - width / 2)).toBeLessThanOrEqual(Math.max(pixel, width) * 0.51);
        expect(Math.abs(y - height / 2)).toBeLessThanOrEqual(Math.max(pixel, height) * 0.51);
      }),
      { numRuns: 50 },
    );
  });

  it('maps a bright square to where the square is', () => {
    const picture = flat(300, 120, 1, 0);
    for (let y = 30; y < 60; y++) picture.data.fill(255, y * 300 + 200, y * 300 + 230);
    const box = new Letterbox(64);
    box.fill(picture);
    let sum = 0;
    let sx = 0;
    let sy = 0;
    for (let i = 0; i < 64 * 64; i++) {
      const light = box.data[i]! + 1;
      sum += light;
      sx += light * ((i % 64) + 0.5);
      sy += light * (Math.floor(i / 64) + 0.5);
    }
    const [x, y] = box.toPicture(sx / sum / 64, sy / sum / 64);
    expect(Math.abs(x - 215)).toBeLessThan(1);
    expect(Math.abs(y - 45)).toBeLessThan(1);
  });
});
