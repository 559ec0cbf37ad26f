import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../tensor/random.js';
import { type Augmentation, augment, centreCrop } from './augmentation.js';

const none: Augmentation = {
  flip: 0,
  rotation: 0,
  zoom: [1, 1],
  shift: 0,
  erasing: { probability: 0, area: [0, 0] },
};
const side = 12;
const pixels = Uint8Array.from({ length: side * side }, (_, i) => (i * 37 + (i >> 3) * 11) % 256);
const source = { pixels, offset: 0, width: side, height: side };

function cropped(options: Augmentation | null, size = 8, seed = 1): Float32Array {
  const target = { values: new Float32Array(size * size), offset: 0, width: size, height: size };
  if (options === null) centreCrop(source, target);
  else augment(source, target, options, createRandom(seed));
  return target.values;
}

describe('augmentation', () => {
  test('with everything off it is the centre crop, for even and odd sizes of margin', () => {
    expect(cropped(none)).toEqual(cropped(null));
    expect(cropped(none, side)).toEqual(Float32Array.from(pixels));
  });

  test('a certain mirror mirrors', () => {
    const [plain, mirrored] = [cropped(null), cropped({ ...none, flip: 1 })];
    for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) expect(mirrored[y * 8 + x]).toBe(plain[y * 8 + 7 - x]);
  });

  test('half a turn turns the centre crop by 180 degrees', () => {
    const random = createRandom(3);
    const turned = { values: new Float32Array(64), offset: 0, width: 8, height: 8 };
    // The rotation is uniform in ±range, so a range is searched whose draw lands on 180 degrees.
    const draw = createRandom(3);
    draw.next();
    const range = 180 / (2 * draw.next() - 1);
    augment(source, turned, { ...none, rotation: range }, random);
    const plain = cropped(null);
    turned.values.forEach((value, i) => {
      expect(value).toBeCloseTo(plain[63 - i]!, 3);
    });
  });

  test('a shift moves by pixels and repeats the border', () => {
    const draw = createRandom(5);
    for (let i = 0; i < 3; i++) draw.next();
    // flip, rotation, zoom, then the shift along x.
    const range = 2 / 8 / (2 * draw.next() - 1);
    const target = { values: new Float32Array(64), offset: 0, width: 8, height: 8 };
    const along = { ...none, shift: range };
    augment(source, target, along, createRandom(5));
    const shiftY = -range * 8 + 2 * range * 8 * draw.next();
    for (let y = 0; y < 8; y++) {
      const from = Math.min(Math.max(y + 2 + shiftY, 0), side - 1);
      const [top, part] = [Math.floor(from), from - Math.floor(from)];
      const below = Math.min(top + 1, side - 1);
      for (let x = 0; x < 8; x++) {
        const column = x + 4;
        const expected = pixels[top * side + column]! * (1 - part) + pixels[below * side + column]! * part;
        expect(target.values[y * 8 + x]).toBeCloseTo(expected, 2);
      }
    }
  });

  test('erasing sets a rectangle of about the asked area to one grey', () => {
    const erasing = { probability: 1, area: [0.2, 0.2] as const };
    const [plain, erased] = [cropped(null), cropped({ ...none, erasing })];
    const changed = [...erased]
      .map((value, i) => (value === plain[i] ? undefined : value))
      .filter((v) => v !== undefined);
    expect(new Set(changed).size).toBe(1);
    expect(changed.length / 64).toBeGreaterThan(0.1);
    expect(changed.length / 64).toBeLessThan(0.35);
  });

  test('any strengths give grey values of 0..255, and the same seed the same picture', () => {
    const strengths = fc.record({
      flip: fc.double({ min: 0, max: 1, noNaN: true }),
      rotation: fc.double({ min: 0, max: 180, noNaN: true }),
      zoom: fc.tuple(fc.double({ min: 0.3, max: 1, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true })),
      shift: fc.double({ min: 0, max: 1, noNaN: true }),
      erasing: fc.record({
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
        area: fc.tuple(fc.constant(0.01), fc.constant(0.9)),
      }),
    });
    fc.assert(
      fc.property(strengths, fc.nat(), (options, seed) => {
        const first = cropped(options, 8, seed);
        expect(first.every((value) => value >= 0 && value <= 255)).toBe(true);
        expect(cropped(options, 8, seed)).toEqual(first);
      }),
    );
  });
});
