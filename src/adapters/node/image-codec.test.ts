// Decoding and encoding pictures, with files that the tests make.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaError } from '../../core/errors.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import { decodePicture, encodeJpeg, encodePng, recompressJpeg } from './image-codec.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codec-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const grey: Picture = { width: 3, height: 2, channels: 1, data: new Uint8Array([0, 10, 20, 30, 128, 255]) };
const rgb: Picture = {
  width: 2,
  height: 2,
  channels: 3,
  data: new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7]),
};

describe('decodePicture', () => {
  it.each([
    ['grey', grey],
    ['RGB', rgb],
  ])('gives back a %s PNG exactly', async (_, picture) => {
    expect(await decodePicture(await encodePng(picture))).toEqual(picture);
  });

  it('reads from a path', async () => {
    const path = join(root, 'a.png');
    await writeFile(path, await encodePng(rgb));
    expect(await decodePicture(path)).toEqual(rgb);
  });

  it('applies the EXIF orientation', async () => {
    const wide = { width: 16, height: 8, channels: 3 as const };
    const data = new Uint8Array(16 * 8 * 3).fill(200);
    for (let y = 0; y < 8; y++) data.fill(20, y * 48, y * 48 + 24);
    const jpeg = await sharp(data, { raw: wide }).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    const picture = await decodePicture(jpeg);
    expect([picture.width, picture.height]).toEqual([8, 16]);
    expect(picture.data[0]).toBeLessThan(40);
    expect(picture.data[picture.data.length - 1]).toBeGreaterThan(180);
  });

  it('makes transparent parts black and drops alpha', async () => {
    const rgba: Picture = { width: 2, height: 1, channels: 4, data: new Uint8Array([9, 8, 7, 255, 200, 200, 200, 0]) };
    expect(await decodePicture(await encodePng(rgba))).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: new Uint8Array([9, 8, 7, 0, 0, 0]),
    });
  });

  it('brings 16-bit grey down to 8 bits', async () => {
    const png = await sharp(new Uint16Array([0, 257 * 100, 65535, 257 * 7]), {
      raw: { width: 2, height: 2, channels: 1 },
    })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    const picture = await decodePicture(png);
    expect(picture.channels).toBe(1);
    expect([...picture.data]).toEqual([0, 100, 255, 7]);
  });

  it('reads PGM', async () => {
    const pgm = Buffer.concat([Buffer.from('P5\n# made by hand\n3 2\n255\n'), Uint8Array.from(grey.data)]);
    expect(await decodePicture(pgm)).toEqual(grey);
  });

  it('names what is not a picture', async () => {
    const path = join(root, 'broken.jpg');
    await writeFile(path, 'this is text');
    await expect(decodePicture(path)).rejects.toThrow(MediaError);
    await expect(decodePicture(path)).rejects.toThrow(/broken\.jpg/);
    await expect(decodePicture(join(root, 'missing.png'))).rejects.toThrow(/missing\.png.*no such file/);
    await expect(decodePicture(root)).rejects.toThrow(MediaError);
    await expect(decodePicture(new Uint8Array(0))).rejects.toThrow(MediaError);
  });

  it('refuses pictures cut short, vector drawings and pictures too large', async () => {
    const noise = new Uint8Array(64 * 64).map((_, i) => (i * 7919) % 256);
    const jpeg = await encodeJpeg({ width: 64, height: 64, channels: 1, data: noise }, 90);
    await expect(decodePicture(jpeg.subarray(0, jpeg.length / 2))).rejects.toThrow(MediaError);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
    await expect(decodePicture(svg)).rejects.toThrow(/svg/);
    await expect(decodePicture(Buffer.from('P5 20000 20000 255\n'))).rejects.toThrow(MediaError);
  });
});

describe('encodeJpeg', () => {
  it('keeps grey grey, near the original', async () => {
    const data = new Uint8Array(16 * 16).map((_, i) => i);
    const back = await decodePicture(await encodeJpeg({ width: 16, height: 16, channels: 1, data }, 100));
    expect(back.channels).toBe(1);
    for (let i = 0; i < 256; i++) expect(Math.abs(back.data[i]! - i)).toBeLessThan(4);
  });

  it('refuses a picture whose data has another size', async () => {
    await expect(encodePng({ ...grey, width: 4 })).rejects.toThrow(RangeError);
  });
});

describe('recompressJpeg', () => {
  it('gives a grey picture of the same size back, farther off the lower the quality', async () => {
    const data = new Uint8Array(24 * 16).map((_, i) => (i * 7919) % 256);
    const noisy: GreyPicture = { width: 24, height: 16, channels: 1, data };
    const errorAt = async (quality: number) => {
      const back = await recompressJpeg(noisy, quality);
      expect([back.width, back.height, back.channels, back.data.length]).toEqual([24, 16, 1, data.length]);
      return Array.from(back.data).reduce((sum, value, i) => sum + Math.abs(value - data[i]!), 0) / data.length;
    };
    expect(await errorAt(100)).toBeLessThan(1);
    expect(await errorAt(10)).toBeGreaterThan(2 * (await errorAt(80)));
  });
});
