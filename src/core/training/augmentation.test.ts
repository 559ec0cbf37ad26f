import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { type Augmentation, augment, centreCrop } from './augmentation.js';

const none: Augmentation = {
  flip: 0,
  rotation: 0,
  zoom: [1, 1],
  shift: 0,
  light: null,
  erasing: { probability: 0, area: [0, 0] },
};
const side = 12;
const pixels = Uint8Array.from({ length: side * side }, (_, i) => (i * 37 + (i >> 3) * 11) % 256);
const source = { pixels, offset: 0, width: side, height: side };

const targetOf = (size: number, view = size) => ({
  values: new Float32Array(size * size),
  offset: 0,
  width: size,
  height: size,
  view: { width: view, height: view },
});

function cropped(options: Augmentation | null, size = 8, seed = 1): Float32Array {
  const target = targetOf(size);
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
    const turned = targetOf(8);
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
    const target = targetOf(8);
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

  test('a picture of a single row, column or pixel is all border', () => {
    for (const [width, height] of [
      [1, 1],
      [5, 1],
      [1, 5],
    ] as const) {
      const flat = { pixels: new Uint8Array(3 + width * height).fill(70, 3), offset: 3, width, height };
      const target = targetOf(4);
      augment(flat, target, { ...none, rotation: 180, zoom: [0.5, 2], shift: 1 }, createRandom(7));
      expect([...target.values]).toEqual(Array(16).fill(70));
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

  test('a view larger than the crop is scaled down about its centre', () => {
    const even = { pixels: new Uint8Array(side * side).fill(90), offset: 0, width: side, height: side };
    const ramp = { ...even, pixels: Uint8Array.from({ length: side * side }, (_, i) => 10 * (i % side)) };
    const small = targetOf(4, 12);
    centreCrop(ramp, small);
    // Each of the four pixels stands for three; its centre lies on the middle one.
    for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) expect(small.values[y * 4 + x]).toBeCloseTo(10 + 30 * x, 3);
    augment(even, small, { ...none, rotation: 20, zoom: [0.8, 1.2], shift: 0.2 }, createRandom(1));
    expect(small.values.every((value) => Math.abs(value - 90) < 1e-4)).toBe(true);
  });

  test('any strengths give grey values of 0..255, and the same seed the same picture', () => {
    const strengths = fc.record({
      flip: fc.double({ min: 0, max: 1, noNaN: true }),
      rotation: fc.double({ min: 0, max: 180, noNaN: true }),
      zoom: fc.tuple(fc.double({ min: 0.3, max: 1, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true })),
      shift: fc.double({ min: 0, max: 1, noNaN: true }),
      light: fc.option(
        fc.record({
          probability: fc.double({ min: 0, max: 1, noNaN: true }),
          gamma: fc.tuple(fc.constant(0.2), fc.constant(4)),
          side: fc.double({ min: 0, max: 1, noNaN: true }),
          blur: fc.double({ min: 0, max: 0.2, noNaN: true }),
          noise: fc.double({ min: 0, max: 128, noNaN: true }),
        }),
      ),
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
