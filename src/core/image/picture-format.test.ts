import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pictureFormat } from './picture-format.js';

describe('pictureFormat', () => {
  it.each([
    ['JPEG', 'jpeg'],
    ['PNG', 'png'],
    ['GIF', 'gif'],
    ['WebP', 'webp'],
    ['TIFF', 'tiff'],
    ['AVIF', 'avif'],
  ] as const)('knows a %s that an encoder made', async (expected, format) => {
    const create = { width: 4, height: 4, channels: 3 as const, background: '#808080' };
    expect(pictureFormat(await sharp({ create }).toFormat(format).toBuffer())).toBe(expected);
  });

  it.each([
    ['PGM', 'P5 1 1 255\n\0'],
    ['PPM', 'P3\n1 1 255\n0 0 0'],
    ['BMP', 'BM6\0\0\0'],
    ['unknown', 'PN'],
    ['unknown', ''],
  ])('says %s', (expected, text) => {
    expect(pictureFormat(new TextEncoder().encode(text))).toBe(expected);
  });
});
