// Picture files: decoding with sharp (and our own PGM/PPM reader, which sharp's binaries lack), encoding as PNG or JPEG.
import sharp, { type Sharp } from 'sharp';
import { MediaError } from '../../core/errors.js';
import { toGrey } from '../../core/image/grey.js';
import { decodeNetpbm, isNetpbm } from '../../core/image/netpbm.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import { mostBytes, readWholeFile } from './read-whole-file.js';

/** Largest picture taken, in pixels: above every camera in sale, far below what would fill the memory. */
const maxPixels = 120_000_000;

// Formats that hold pixels. SVG and PDF can refer to other files, so they are not taken.
const formats = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'avif', 'tiff', 'jpg']);

/**
 * Decodes a picture, upright (EXIF orientation applied): grey files give 1 channel, all others RGB; transparent parts
 * turn black, as on a browser's canvas; of an animation, the first frame. Throws MediaError naming the file.
 */
export async function decodePicture(bytesOrPath: Uint8Array | string): Promise<Picture> {
  const name = typeof bytesOrPath === 'string' ? bytesOrPath : 'these bytes';
  const bytes = typeof bytesOrPath === 'string' ? await readPictureFile(bytesOrPath) : bytesOrPath;
  try {
    if (isNetpbm(bytes)) return decodeNetpbm(bytes, maxPixels);
    return await decodeWithSharp(bytes);
  } catch (error) {
    throw new MediaError(`${name} must be a JPEG, PNG, WebP, AVIF, GIF, TIFF, PGM or PPM picture: ${reason(error)}`, {
      cause: error,
    });
  }
}

async function decodeWithSharp(bytes: Uint8Array): Promise<Picture> {
  const input = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', autoOrient: true });
  const { format, space } = await input.metadata();
  if (!formats.has(format)) throw new MediaError(`found ${format}`);
  const grey = space === 'b-w' || space === 'grey16';
  const upright = input.flatten({ background: '#000' }).toColourspace(grey ? 'b-w' : 'srgb');
  const { data, info } = await upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 1 && channels !== 3) throw new MediaError(`found ${channels} channels`);
  return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

async function readPictureFile(path: string): Promise<Uint8Array> {
  try {
    return await readWholeFile(path, mostBytes.picture);
  } catch (error) {
    throw new MediaError(`${path} must be a readable picture file: ${reason(error)}; check the name`, { cause: error });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Encodes a picture as PNG. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return fromPicture(picture).png().toBuffer();
}

/** Encodes a picture as JPEG; `quality` 1..100. Transparency is lost. */
export async function encodeJpeg(picture: Picture, quality = 90): Promise<Uint8Array> {
  return fromPicture(picture).jpeg({ quality }).toBuffer();
}

/** The picture as JPEG of `quality` 1..100 gives it back. */
export async function recompressJpeg(picture: GreyPicture, quality: number): Promise<GreyPicture> {
  return toGrey(await decodePicture(await encodeJpeg(picture, quality)));
}

function fromPicture({ width, height, channels, data }: Picture): Sharp {
  const expected = width * height * channels;
  if (data.length !== expected) {
    throw new RangeError(
      `a ${width}x${height} picture with ${channels} channels has ${expected} bytes, not ${data.length}`,
    );
  }
  const image = sharp(data, { raw: { width, height, channels } });
  return channels === 1 ? image.toColourspace('b-w') : image;
}
