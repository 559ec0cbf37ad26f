import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DepthPicture } from '../../image/depth-picture.js';
import { disparityToMillimetres, inverseStepPerMm, toMillimetres } from './depth-disparity.js';

describe('disparityToMillimetres', () => {
  // libfreenect's formula with its default constants, and within 3 cm Magnenat's 0.1236 tan(raw / 2842.5 + 1.1863).
  it.each([
    [400, 501],
    [600, 706],
    [800, 1194],
    [900, 1824],
    [1000, 3864],
  ])('%i is %i mm', (raw, millimetres) => {
    expect(Math.abs(disparityToMillimetres(raw) - millimetres)).toBeLessThanOrEqual(1);
    const magnenatMm = 123.6 * Math.tan(raw / 2842.5 + 1.1863);
    expect(Math.abs(disparityToMillimetres(raw) / magnenatMm - 1)).toBeLessThan(0.03);
  });

  it.each([0, 2047, 1080, 2046, 5000, -3, Number.NaN])('%f is a hole', (raw) => {
    expect(disparityToMillimetres(raw)).toBe(0);
  });

  it('grows with the raw value, up to 10 m, and is a hole from there on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2046 }), fc.integer({ min: 1, max: 2046 }), (a, b) => {
        const [near, far] = [disparityToMillimetres(Math.min(a, b)), disparityToMillimetres(Math.max(a, b))];
        expect(far === 0 || (near > 0 && near <= far && far < 10_000)).toBe(true);
      }),
    );
  });

  it('changes 1/distance by the same step everywhere, but for rounding to a millimetre', () => {
    for (let raw = 350; raw < 1000; raw++) {
      const [mm, next] = [disparityToMillimetres(raw), disparityToMillimetres(raw + 1)];
      expect(Math.abs(1 / mm - 1 / next - inverseStepPerMm)).toBeLessThan(2 / (mm * mm));
    }
  });
});

describe('toMillimetres', () => {
  it('gives registered millimetres back as they are', () => {
    const depth: DepthPicture = { width: 2, height: 1, kind: 'millimetres', data: Uint16Array.of(0, 900) };
    expect(toMillimetres(depth, [1, 0])).toBe(depth);
  });

  it('moves raw disparity and leaves holes where nothing comes from', () => {
    const width = 640;
    const height = 3;
    const data = Uint16Array.from({ length: width * height }, (_, i) => 400 + Math.floor(i / width));
    data[width + 100] = 2047;
    const moved = toMillimetres({ width, height, kind: 'disparity', data }, [-35, 1]);
    expect([...moved.data.subarray(0, width)]).toEqual(new Array(width).fill(0));
    const at = (x: number, y: number) => moved.data[y * width + x];
    expect(at(0, 1)).toBe(disparityToMillimetres(400));
    expect(at(604, 2)).toBe(disparityToMillimetres(401));
    expect(at(605, 2)).toBe(0);
    expect(at(65, 2)).toBe(0);
  });

  it('takes values that no Kinect gives as holes', () => {
    const depth: DepthPicture = { width: 2, height: 1, kind: 'disparity', data: Uint16Array.of(65535, 600) };
    expect([...toMillimetres(depth, [0, 0]).data]).toEqual([0, disparityToMillimetres(600)]);
  });
});
