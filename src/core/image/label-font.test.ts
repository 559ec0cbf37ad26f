import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLabel, fitLabel, labelWidth } from './label-font.js';
import type { Picture } from './picture.js';

const blank = (width: number, height: number, channels: 1 | 3 | 4 = 1): Picture => ({
  width,
  height,
  channels,
  data: new Uint8Array(width * height * channels),
});
const white = [255, 255, 255] as const;

function inkOf(text: string, height: number): number[] {
  const picture = blank(labelWidth(text, height) + 2, height);
  drawLabel(picture, text, [0, 0], white, height);
  return [...picture.data];
}

describe('label font', () => {
  it('draws letters with smooth edges: full, empty and many levels between', () => {
    const levels = new Set(inkOf('Surprise', 22));
    expect(levels.has(0)).toBe(true);
    expect(levels.has(255)).toBe(true);
    expect(levels.size).toBeGreaterThan(30);
  });

  it('has letters of Western names, and boxes for what it lacks', () => {
    expect(inkOf('Zoë', 22)).not.toEqual(inkOf('Zoe', 22));
    expect(inkOf('Zoe\u0308', 22)).toEqual(inkOf('Zoë', 22));
    // An accent that it lacks is dropped.
    expect(inkOf('Š', 22)).toEqual(inkOf('S', 22));
    expect(inkOf('漢', 22)).toEqual(inkOf('字', 22));
    expect(inkOf('漢', 22).some((value) => value > 0)).toBe(true);
  });

  it('grows with its height', () => {
    for (const text of ['happy 93 %', 'Ada']) {
      const ratio = labelWidth(text, 44) / labelWidth(text, 22);
      expect(ratio).toBeGreaterThan(1.9);
      expect(ratio).toBeLessThan(2.1);
    }
  });

  it('shortens to a width, with dots', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 0, max: 300 }), (text, width) => {
        const fitted = fitLabel(text, 15, width);
        expect(labelWidth(fitted, 15)).toBeLessThanOrEqual(width);
        if (labelWidth(text, 15) <= width) expect(fitted).toBe(text);
      }),
    );
  });

  it('draws any text anywhere without leaving the picture', () => {
    const places = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), places, places, fc.constantFrom(1, 3, 4), (text, x, y, channels) => {
        const picture = blank(9, 7, channels as 1 | 3 | 4);
        expect(() => drawLabel(picture, text, [x, y], white, 15)).not.toThrow();
        expect(picture.data).toHaveLength(9 * 7 * channels);
      }),
    );
  });
});
