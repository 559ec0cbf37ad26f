// JPEG's changes without its files: compared with the codec, and their properties.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePicture, encodeJpeg } from '../../../adapters/node/image-codec.js';
import { createRandom } from '../../numbers/random.js';
import { distortJpeg } from './distort-jpeg.js';

const side = 64;
const area = side * side;

/** A slope with a disc and an edge, coloured, with some noise. */
function scene(isGrey: boolean): Uint8Array[] {
  const random = createRandom(3);
  const level = (plane: number, x: number, y: number): number => {
    const isDisc = Math.hypot(x - 25, y - 30) < 14;
    const base = isDisc ? [200, 150, 60][plane]! : 30 + 2 * x + plane * y;
    return Math.max(0, Math.min(255, base + (x > 50 ? 40 : 0) + random.between(-6, 6)));
  };
  const planes = [0, 1, 2].map((plane) =>
    Uint8Array.from({ length: area }, (_, i) => level(plane, i % side, Math.floor(i / side))),
  );
  return isGrey ? [0, 1, 2].map(() => planes[0]!.slice()) : planes;
}

const copyOf = (planes: readonly Uint8Array[]) => planes.map((plane) => plane.slice());
const distorted = (planes: readonly Uint8Array[], quality: number) => {
  const copy = copyOf(planes);
  distortJpeg(copy, side, quality);
  return copy;
};

/** Of all values: largest and mean difference. */
function differences(a: readonly Uint8Array[], b: readonly Uint8Array[]): { largest: number; mean: number } {
  const all = a.flatMap((plane, p) => [...plane].map((value, i) => Math.abs(value - b[p]![i]!)));
  return { largest: Math.max(...all), mean: all.reduce((sum, each) => sum + each, 0) / all.length };
}

async function throughCodec(planes: readonly Uint8Array[], quality: number): Promise<Uint8Array[]> {
  const data = Uint8Array.from({ length: 3 * area }, (_, i) => planes[i % 3]![Math.floor(i / 3)]!);
  const back = await decodePicture(await encodeJpeg({ width: side, height: side, channels: 3, data }, quality));
  return [0, 1, 2].map((plane) => Uint8Array.from({ length: area }, (_, i) => back.data[3 * i + plane]!));
}

describe('distortJpeg', () => {
  test.each([
    [25, false],
    [50, false],
    [80, false],
    [10, true],
    [50, true],
    [95, true],
  ])('changes what the codec changes, quality %d, grey %j', async (quality, isGrey) => {
    const before = scene(isGrey);
    const expected = await throughCodec(before, quality);
    const found = differences(distorted(before, quality), expected);
    // A coefficient on the edge between two steps may go to either.
    expect(found.mean).toBeLessThan(0.4);
    expect(found.mean).toBeLessThan(differences(before, expected).mean / 3);
    expect(found.largest).toBeLessThan(25);
  });

  test('quality 100 changes hardly anything, and less quality changes more', () => {
    for (const isGrey of [true, false]) {
      const before = scene(isGrey);
      expect(differences(distorted(before, 100), before).largest).toBeLessThanOrEqual(isGrey ? 2 : 4);
      const means = [95, 75, 50, 25, 5].map((quality) => differences(distorted(before, quality), before).mean);
      expect(means).toEqual([...means].sort((a, b) => a - b));
    }
  });

  test('any picture changes little at quality 100', () => {
    const pixels = fc.uint8Array({ minLength: 768, maxLength: 768 });
    fc.assert(
      fc.property(pixels, fc.boolean(), (values, isGrey) => {
        const planes = [0, 1, 2].map((plane) => values.slice(isGrey ? 0 : 256 * plane).slice(0, 256));
        const after = copyOf(planes);
        distortJpeg(after, 16, 100);
        expect(differences(planes, after).largest).toBeLessThanOrEqual(isGrey ? 2 : 5);
      }),
    );
  });

  test('low quality flattens a slope to blocks of 8 x 8', () => {
    const slope = Uint8Array.from({ length: area }, (_, i) => 100 + (i % side) / 2);
    const [red, green, blue] = distorted([slope, slope, slope], 1);
    expect([green, blue]).toEqual([red, red]);
    for (let i = 0; i < area; i++) if (i % 8 !== 0) expect(red![i]).toBe(red![i - 1]);
    expect(new Set(red).size).toBeGreaterThan(1);
  });

  test('refuses a side that blocks do not fill', () => {
    expect(() => distortJpeg([new Uint8Array(576)], 24, 50)).toThrow(RangeError);
  });
});
