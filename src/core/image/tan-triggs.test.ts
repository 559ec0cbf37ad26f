// Tan & Triggs's normalisation beside NumPy's and SciPy's, and what it is for: the same texture in any light.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GreyPicture } from './picture.js';
import { tanTriggs } from './tan-triggs.js';

interface Case {
  readonly width: number;
  readonly height: number;
  readonly data: readonly number[];
  /** Before rounding to whole grey levels. */
  readonly expected: readonly number[];
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/tan-triggs.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

describe('tanTriggs', () => {
  it.each(fixture.cases)('gives what NumPy and SciPy give, $width x $height', ({ width, height, data, expected }) => {
    const normal = tanTriggs({ width, height, channels: 1, data: Uint8Array.from(data) });
    expect(normal).toMatchObject({ width, height, channels: 1 });
    expected.forEach((value, i) => {
      expect(Math.abs(normal.data[i]! - value)).toBeLessThanOrEqual(0.500001);
    });
  });

  it('does not see how bright the light is', () => {
    const { width, height, data } = fixture.cases[0]!;
    const of = (share: number): GreyPicture => ({
      width,
      height,
      channels: 1,
      data: Uint8Array.from(data, (value) => Math.round(value * share)),
    });
    const [bright, dim] = [tanTriggs(of(1)), tanTriggs(of(0.5))];
    const difference = data.reduce((sum, _, i) => sum + Math.abs(bright.data[i]! - dim.data[i]!), 0);
    // Rounding to half the grey levels is all that is left of it; the pictures themselves are 60 levels apart.
    expect(difference / data.length).toBeLessThan(6);
  });

  it('keeps the size, never fails, and makes flat pictures flat grey', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), fc.boolean(), ([width, height], value, isFlat) => {
        const data = Uint8Array.from({ length: width * height }, (_, i) => (isFlat ? value : (value * (i + 7)) & 255));
        const normal = tanTriggs({ width, height, channels: 1, data });
        expect(normal.data).toHaveLength(width * height);
        if (isFlat) expect(new Set(normal.data)).toEqual(new Set([128]));
      }),
    );
  });
});
