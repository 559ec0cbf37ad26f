// PGM and PPM: every variant, comments, 16 bits and broken files.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaError } from '../errors.js';
import { decodeNetpbm, isNetpbm } from './netpbm.js';

const bytes = (text: string, ...rest: number[]) => new Uint8Array([...text].map((c) => c.charCodeAt(0)).concat(rest));

describe('decodeNetpbm', () => {
  it('reads plain and raw grey', () => {
    const expected = { width: 2, height: 1, channels: 1, data: new Uint8Array([7, 255]) };
    expect(decodeNetpbm(bytes('P2\n# by hand\n2 1\n255\n7 255\n'))).toEqual(expected);
    expect(decodeNetpbm(bytes('P5 2 1 255\n', 7, 255))).toEqual(expected);
  });

  it('reads plain and raw colour', () => {
    const expected = { width: 1, height: 1, channels: 3, data: new Uint8Array([1, 2, 3]) };
    expect(decodeNetpbm(bytes('P3 1 1 255 1 2 3'))).toEqual(expected);
    expect(decodeNetpbm(bytes('P6 1 1 255\n', 1, 2, 3))).toEqual(expected);
  });

  it('scales other largest values to 255, 16 bits big-endian', () => {
    expect([...decodeNetpbm(bytes('P5 3 1 15\n', 0, 15, 3)).data]).toEqual([0, 255, 51]);
    expect([...decodeNetpbm(bytes('P5 2 1 65535\n', 0xff, 0xff, 0x01, 0x01)).data]).toEqual([255, 1]);
  });

  it.each([
    ['cut short', bytes('P5 2 2 255\n', 1, 2, 3)],
    ['pixel above the largest', bytes('P5 1 1 10\n', 11)],
    ['no size', bytes('P5 x')],
    ['zero size', bytes('P5 0 1 255\n')],
    ['too large', bytes('P5 99999 99999 255\n')],
    ['largest value 0', bytes('P5 1 1 0\n', 0)],
    ['plain without the numbers', bytes('P2 2 1 255 12345678')],
    ['another file', bytes('GIF89a')],
  ])('refuses: %s', (_, content) => {
    expect(() => decodeNetpbm(content)).toThrow(MediaError);
  });

  it('never throws anything but MediaError', () => {
    fc.assert(
      fc.property(fc.constantFrom('P2 ', 'P3 ', 'P5 ', 'P6 '), fc.string(), fc.uint8Array(), (magic, head, rest) => {
        const content = bytes(magic + head, ...rest);
        try {
          const picture = decodeNetpbm(content, 10_000);
          expect(picture.data.length).toBe(picture.width * picture.height * picture.channels);
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError);
        }
      }),
    );
  });
});

describe('isNetpbm', () => {
  it('knows the four kinds by their first bytes', () => {
    expect(isNetpbm(bytes('P6\n'))).toBe(true);
    expect(isNetpbm(bytes('P1\n'))).toBe(false);
    expect(isNetpbm(new Uint8Array(0))).toBe(false);
  });
});
