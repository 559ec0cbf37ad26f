// Laws of the distortions that the stress test applies: nothing at strength zero, values of 0..255, the same from the same seed.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { adjustGamma } from './gamma.js';
import { gaussianBlur } from './gaussian-blur.js';
import { addGaussianNoise } from './gaussian-noise.js';
import { lowerResolution } from './lower-resolution.js';
import type { GreyPicture } from './picture.js';
import { reframe } from './reframe.js';
import { lightFromSide } from './side-light.js';

const size = fc.integer({ min: 1, max: 20 });
const greyPicture: fc.Arbitrary<GreyPicture> = fc
  .tuple(size, size)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height })
      .map((data) => ({ width, height, channels: 1, data })),
  );
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

function even(width: number, height: number, value: number): GreyPicture {
  return { width, height, channels: 1, data: new Uint8Array(width * height).fill(value) };
}
function mean({ data }: GreyPicture): number {
  return Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
}
function deviation(picture: GreyPicture): number {
  const middle = mean(picture);
  return Math.sqrt(Array.from(picture.data).reduce((sum, v) => sum + (v - middle) ** 2, 0) / picture.data.length);
}

describe('every distortion', () => {
  const neutral: [string, (picture: GreyPicture) => GreyPicture][] = [
    ['gamma 1', (picture) => adjustGamma(picture, 1)],
    ['side light 0', (picture) => lightFromSide(picture, { strength: 0, degrees: 33 })],
    ['no shift, turn or zoom', (picture) => reframe(picture, {})],
    ['blur 0', (picture) => gaussianBlur(picture, 0)],
    ['noise 0', (picture) => addGaussianNoise(picture, 0, createRandom(1))],
    ['full resolution', (picture) => lowerResolution(picture, picture.width)],
  ];
  it.each(neutral)('leaves a picture as it is: %s', (_, distort) => {
    fc.assert(
      fc.property(greyPicture, (picture) => {
        const before = [...picture.data];
        const result = distort(picture);
        expect([...result.data]).toEqual(before);
        expect(result.data).not.toBe(picture.data);
      }),
    );
  });

  const strength = number(0, 1);
  const any: [string, (picture: GreyPicture, a: number, b: number) => GreyPicture][] = [
    ['gamma', (picture, a) => adjustGamma(picture, 0.05 + 8 * a)],
    ['side light', (picture, a, b) => lightFromSide(picture, { strength: a, degrees: 720 * b - 360 })],
    ['framing', (picture, a, b) => reframe(picture, { shiftX: a, shiftY: -b, degrees: 360 * b, zoom: 0.1 + 3 * a })],
    ['blur', (picture, a) => gaussianBlur(picture, 5 * a)],
    ['noise', (picture, a, b) => addGaussianNoise(picture, 300 * a, createRandom(Math.round(1e6 * b)))],
    ['resolution', (picture, a) => lowerResolution(picture, 1 + Math.floor(20 * a))],
  ];
  it.each(any)('keeps size and range, repeats itself and spares its input: %s', (_, distort) => {
    fc.assert(
      fc.property(greyPicture, strength, strength, (picture, a, b) => {
        const before = [...picture.data];
        const result = distort(picture, a, b);
        expect([result.width, result.height, result.channels]).toEqual([picture.width, picture.height, 1]);
        expect(result.data.length).toBe(picture.width * picture.height);
        expect([...picture.data]).toEqual(before);
        expect([...distort(picture, a, b).data]).toEqual([...result.data]);
      }),
    );
  });

  const spread: [string, (picture: GreyPicture) => GreyPicture][] = [
    ['blur', (picture) => gaussianBlur(picture, 1.3)],
    ['resolution', (picture) => lowerResolution(picture, 3)],
    ['framing', (picture) => reframe(picture, { shiftX: 0.1, degrees: 10, zoom: 0.9 })],
  ];
  it.each(spread)('stays inside the values that were there: %s', (_, distort) => {
    fc.assert(
      fc.property(greyPicture, (picture) => {
        const { data } = distort(picture);
        expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.min(...picture.data));
        expect(Math.max(...data)).toBeLessThanOrEqual(Math.max(...picture.data));
      }),
    );
  });
});

describe('adjustGamma', () => {
  it('keeps black, white and the order of values; above 1 it darkens, below 1 it brightens', () => {
    const ramp: GreyPicture = {
      width: 256,
      height: 1,
      channels: 1,
      data: Uint8Array.from({ length: 256 }, (_, i) => i),
    };
    fc.assert(
      fc.property(number(0.2, 5), (exponent) => {
        const { data } = adjustGamma(ramp, exponent);
        expect([data[0], data[255]]).toEqual([0, 255]);
        for (let i = 1; i < 256; i++) {
          expect(data[i]!).toBeGreaterThanOrEqual(data[i - 1]!);
          expect(Math.sign(data[i]! - i) * Math.sign(exponent - 1)).toBeLessThanOrEqual(0);
        }
      }),
    );
    expect(adjustGamma(ramp, 2).data[128]).toBe(64);
    expect(() => adjustGamma(ramp, 0)).toThrow(RangeError);
    expect(() => adjustGamma(ramp, Number.NaN)).toThrow(RangeError);
  });
});

describe('lightFromSide', () => {
  it('brightens the near side as much as it darkens the far one', () => {
    const { data } = lightFromSide(even(4, 1, 100), { strength: 0.4, degrees: 0 });
    expect([...data]).toEqual([70, 90, 110, 130]);
    const fromTheLeft = lightFromSide(even(4, 1, 100), { strength: 0.4, degrees: 180 });
    expect([...fromTheLeft.data]).toEqual([130, 110, 90, 70]);
    const fromAbove = lightFromSide(even(1, 2, 100), { strength: 0.5, degrees: 270 });
    expect([...fromAbove.data]).toEqual([125, 75]);
  });

  it('keeps the mean of an even picture that nothing clips, from any side', () => {
    fc.assert(
      fc.property(number(0, 1), number(-360, 360), (strength, degrees) => {
        const lit = lightFromSide(even(16, 16, 120), { strength, degrees });
        expect(Math.abs(mean(lit) - 120)).toBeLessThan(0.6);
      }),
    );
  });

  it('clips at white and refuses what is no strength', () => {
    expect(Math.max(...lightFromSide(even(9, 9, 250), { strength: 1, degrees: 45 }).data)).toBe(255);
    for (const strength of [-0.1, 1.1, Number.NaN]) {
      expect(() => lightFromSide(even(2, 2, 9), { strength, degrees: 0 })).toThrow(RangeError);
    }
  });
});

describe('reframe', () => {
  const step: GreyPicture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64).map((_, i) => (i % 8) * 10) };

  it('moves the content right and down, and repeats the border', () => {
    const right = reframe(step, { shiftX: 2 / 8 });
    expect([...right.data.slice(0, 8)]).toEqual([0, 0, 0, 10, 20, 30, 40, 50]);
    expect([...reframe(step, { shiftY: 0.25 }).data]).toEqual([...step.data]);
  });

  it('turns clockwise about the middle', () => {
    const turned = reframe(step, { degrees: 90 });
    // What was left is now above: brightness grows downwards.
    for (let y = 0; y < 8; y++) expect([...turned.data.slice(y * 8, y * 8 + 8)]).toEqual(new Array(8).fill(y * 10));
  });

  it('zooms about the middle', () => {
    const near = reframe(step, { zoom: 2 });
    expect([...near.data.slice(0, 8)]).toEqual([18, 23, 28, 33, 38, 43, 48, 53]);
    expect(() => reframe(step, { zoom: 0 })).toThrow(RangeError);
    expect(() => reframe(step, { shiftX: Number.NaN })).toThrow(RangeError);
  });
});

describe('gaussianBlur', () => {
  interface Fixture {
    readonly picture: { readonly width: number; readonly height: number; readonly data: readonly number[] };
    readonly blurred: Readonly<Record<string, readonly number[]>>;
  }
  const fixture = JSON.parse(readFileSync(new URL('./fixtures/scipy.json', import.meta.url), 'utf8')) as Fixture;

  it.each(Object.keys(fixture.blurred))("is SciPy's, rounded, for sigma %s", (sigma) => {
    const { width, height, data } = fixture.picture;
    const blurred = gaussianBlur({ width, height, channels: 1, data: Uint8Array.from(data) }, Number(sigma));
    fixture.blurred[sigma]!.forEach((expected, i) => {
      expect(Math.abs(blurred.data[i]! - expected)).toBeLessThanOrEqual(0.501);
    });
  });

  it('refuses a sigma that is none', () => {
    for (const sigma of [-1, 101, Number.NaN]) expect(() => gaussianBlur(even(2, 2, 1), sigma)).toThrow(RangeError);
  });
});

describe('addGaussianNoise', () => {
  it('has the deviation asked for, and the same field at every strength', () => {
    const weak = addGaussianNoise(even(60, 60, 128), 10, createRandom(4));
    const strong = addGaussianNoise(even(60, 60, 128), 20, createRandom(4));
    expect(Math.abs(mean(weak) - 128)).toBeLessThan(0.7);
    expect(Math.abs(deviation(weak) - 10)).toBeLessThan(0.5);
    weak.data.forEach((value, i) => {
      expect(Math.abs(2 * (value - 128) - (strong.data[i]! - 128))).toBeLessThanOrEqual(1.5);
    });
    expect(() => addGaussianNoise(even(2, 2, 1), -1, createRandom(1))).toThrow(RangeError);
  });
});

describe('lowerResolution', () => {
  it('leaves no more different columns than it kept pixels, when pixels are blocks', () => {
    const data = new Uint8Array(64 * 64).map((_, i) => ((i % 64) % 2 === 0 ? 0 : 200));
    const lowered = lowerResolution({ width: 64, height: 64, channels: 1, data }, 16);
    expect(new Set(lowered.data)).toEqual(new Set([100]));
    expect(() => lowerResolution(even(4, 4, 1), 0)).toThrow(RangeError);
    expect(() => lowerResolution(even(4, 4, 1), 2.5)).toThrow(RangeError);
  });
});
