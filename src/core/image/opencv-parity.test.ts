// The image functions beside OpenCV 4.6, on answers stored by fixtures/make-opencv.py.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { equalizeHistogram } from './equalize.js';
import { toGrey } from './grey.js';
import type { GreyPicture, Picture } from './picture.js';
import { resizeGrey } from './resize.js';
import { laplacianVariance } from './sharpness.js';
import { type AffineMatrix, warpAffine } from './warp-affine.js';

interface Stored {
  readonly width: number;
  readonly height: number;
  readonly data: readonly number[];
}
interface Fixture {
  readonly rgb: Stored;
  readonly grey: readonly number[];
  readonly dull: Stored;
  readonly equalized: readonly number[];
  readonly laplacianVariance: number;
  readonly smooth: Stored;
  readonly area: readonly number[];
  readonly linear: readonly number[];
  readonly matrix: AffineMatrix;
  readonly warped: readonly number[];
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/opencv.json', import.meta.url), 'utf8')) as Fixture;

function greyOf(stored: Stored): GreyPicture {
  return { width: stored.width, height: stored.height, channels: 1, data: Uint8Array.from(stored.data) };
}

function largestDifference(picture: Picture, expected: readonly number[]): number {
  expect(picture.data.length).toBe(expected.length);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - picture.data[i]!)), 0);
}

describe('parity with OpenCV', () => {
  it('turns RGB and RGBA to the same grey', () => {
    const { width, height, data } = fixture.rgb;
    const rgb: Picture = { width, height, channels: 3, data: Uint8Array.from(data) };
    expect([...toGrey(rgb).data]).toEqual(fixture.grey);
    const rgba = new Uint8ClampedArray(width * height * 4).fill(7);
    for (let i = 0; i < width * height; i++) rgba.set(data.slice(i * 3, i * 3 + 3), i * 4);
    expect([...toGrey({ width, height, channels: 4, data: rgba }).data]).toEqual(fixture.grey);
  });

  it('equalises to the same bits', () => {
    expect([...equalizeHistogram(greyOf(fixture.dull)).data]).toEqual(fixture.equalized);
  });

  it('measures the same Laplacian variance', () => {
    expect(laplacianVariance(greyOf(fixture.dull))).toBeCloseTo(fixture.laplacianVariance, 6);
  });

  it('shrinks like INTER_AREA and enlarges like INTER_LINEAR, to one grey level', () => {
    expect(largestDifference(resizeGrey(greyOf(fixture.smooth), 19, 15), fixture.area)).toBeLessThanOrEqual(1);
    expect(largestDifference(resizeGrey(greyOf(fixture.smooth), 83, 71), fixture.linear)).toBeLessThanOrEqual(1);
  });

  it("warps like warpAffine, to OpenCV's own 1/32 pixel steps", () => {
    const warped = warpAffine(greyOf(fixture.smooth), fixture.matrix, 30, 20);
    expect(largestDifference(warped, fixture.warped)).toBeLessThanOrEqual(2);
  });
});
