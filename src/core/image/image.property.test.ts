// What must hold for every picture, whatever its size and content.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crop } from './crop.js';
import { equalizeHistogram } from './equalize.js';
import { toGrey } from './grey.js';
import type { GreyPicture, Picture } from './picture.js';
import { resize } from './resize.js';
import { laplacianVariance } from './sharpness.js';
import { warpAffine } from './warp-affine.js';

const size = fc.integer({ min: 1, max: 24 });

function pictures(channels: 1 | 3 | 4): fc.Arbitrary<Picture> {
  return fc.tuple(size, size).chain(([width, height]) =>
    fc.uint8Array({ minLength: width * height * channels, maxLength: width * height * channels }).map((data) => ({
      width,
      height,
      channels,
      data,
    })),
  );
}
const anyPicture = fc.oneof(pictures(1), pictures(3), pictures(4));
const greyPicture = pictures(1) as fc.Arbitrary<GreyPicture>;

function range(data: ArrayLike<number>): [number, number] {
  let low = 255;
  let high = 0;
  for (let i = 0; i < data.length; i++) {
    low = Math.min(low, data[i]!);
    high = Math.max(high, data[i]!);
  }
  return [low, high];
}

describe('resize', () => {
  it('keeps the size asked for, the channels and the range of values', () => {
    fc.assert(
      fc.property(anyPicture, size, size, (picture, width, height) => {
        const result = resize(picture, width, height);
        expect([result.width, result.height, result.channels]).toEqual([width, height, picture.channels]);
        expect(result.data.length).toBe(width * height * picture.channels);
        const [low, high] = range(picture.data);
        const [newLow, newHigh] = range(result.data);
        expect(newLow).toBeGreaterThanOrEqual(low);
        expect(newHigh).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('keeps the mean when it shrinks (an area average loses no light)', () => {
    fc.assert(
      fc.property(greyPicture, size, size, (picture, w, h) => {
        const result = resize(picture, Math.min(w, picture.width), Math.min(h, picture.height));
        const mean = (data: ArrayLike<number>) => Array.from(data).reduce((a, b) => a + b, 0) / data.length;
        expect(Math.abs(mean(result.data) - mean(picture.data))).toBeLessThanOrEqual(0.51);
      }),
    );
  });

  it('refuses sizes that are not whole and positive', () => {
    const picture: Picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) };
    for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => resize(picture, bad, 2)).toThrow(RangeError);
    }
  });
});

describe('crop', () => {
  it('copies the inside and repeats the border outside', () => {
    const offset = fc.integer({ min: -40, max: 40 });
    fc.assert(
      fc.property(anyPicture, offset, offset, size, size, (picture, x, y, width, height) => {
        const result = crop(picture, [x, y, width, height]);
        expect([result.width, result.height]).toEqual([width, height]);
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const sx = Math.min(picture.width - 1, Math.max(0, x + column));
            const sy = Math.min(picture.height - 1, Math.max(0, y + row));
            for (let c = 0; c < picture.channels; c++) {
              const expected = picture.data[(sy * picture.width + sx) * picture.channels + c]!;
              if (result.data[(row * width + column) * picture.channels + c] !== expected)
                throw new Error(`${row},${column}`);
            }
          }
        }
      }),
    );
  });

  it('refuses boxes that are empty, endless or huge', () => {
    const picture: Picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) };
    for (const bad of [0, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
      expect(() => crop(picture, [0, 0, bad, 2])).toThrow(RangeError);
    }
  });
});

describe('warpAffine', () => {
  it('is the identity for the identity matrix', () => {
    fc.assert(
      fc.property(anyPicture, (picture) => {
        const result = warpAffine(picture, [1, 0, 0, 0, 1, 0], picture.width, picture.height);
        expect([...result.data]).toEqual([...picture.data]);
      }),
    );
  });

  it('never reads or writes outside, for any finite matrix', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const samples = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(
        anyPicture,
        fc.tuple(number, number, number, number, number, number),
        samples,
        (picture, matrix, n) => {
          const [low, high] = range(picture.data);
          const result = range(warpAffine(picture, matrix, 5, 4, { samplesPerAxis: n }).data);
          expect(result[0]).toBeGreaterThanOrEqual(low);
          expect(result[1]).toBeLessThanOrEqual(high);
        },
      ),
    );
  });

  it('averages the pixels under a target pixel when it shrinks', () => {
    const data = Uint8Array.from({ length: 64 }, (_, i) => (((i % 8) + Math.floor(i / 8)) % 2 === 0 ? 0 : 200));
    const picture: GreyPicture = { width: 8, height: 8, channels: 1, data };
    const shrink = [4, 0, 1.5, 0, 4, 1.5] as const;
    expect([...warpAffine(picture, shrink, 2, 2, { samplesPerAxis: 4 }).data]).toEqual([100, 100, 100, 100]);
  });

  it('refuses a matrix that is not finite', () => {
    const picture: Picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) };
    expect(() => warpAffine(picture, [1, 0, Number.NaN, 0, 1, 0], 2, 2)).toThrow(RangeError);
  });
});

describe('grey, equalizeHistogram, laplacianVariance', () => {
  it('keeps grey grey, and a neutral colour at its value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (value) => {
        const data = new Uint8Array(3).fill(value);
        expect(toGrey({ width: 1, height: 1, channels: 3, data }).data[0]).toBe(value);
      }),
    );
  });

  it('equalising keeps the order of values and reaches both ends', () => {
    fc.assert(
      fc.property(greyPicture, (picture) => {
        const result = equalizeHistogram(picture);
        const pairs = Array.from(picture.data, (value, i) => [value, result.data[i]!] as const).sort(
          (a, b) => a[0] - b[0],
        );
        for (let i = 1; i < pairs.length; i++) expect(pairs[i]![1]).toBeGreaterThanOrEqual(pairs[i - 1]![1]);
        if (pairs[0]![0] !== pairs.at(-1)![0]) expect(range(result.data)).toEqual([0, 255]);
      }),
    );
  });

  it('finds a flat picture blurred and a checkerboard sharp', () => {
    const flat = new Uint8Array(100).fill(80);
    expect(laplacianVariance({ width: 10, height: 10, channels: 1, data: flat })).toBe(0);
    const board = flat.map((_, i) => ((i + Math.floor(i / 10)) % 2) * 255);
    expect(laplacianVariance({ width: 10, height: 10, channels: 1, data: board })).toBeGreaterThan(100_000);
    expect(laplacianVariance({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) })).toBe(0);
  });
});
