// Depth pictures as files: PNGs of one channel with 16 bits.
import sharp from 'sharp';
import { MediaError } from '../../../core/errors.js';
import type { DepthPicture } from '../../../core/image/depth-picture.js';
import { mostBytes, readWholeFile } from '../read-whole-file.js';

/** Far above every depth camera. */
const maxPixels = 16_000_000;

/** Reads the file's values as they are; `kind` says what they mean. Throws MediaError naming the file. */
export async function decodeDepth(path: string, kind: DepthPicture['kind'] = 'millimetres'): Promise<DepthPicture> {
  try {
    const input = sharp(await readWholeFile(path, mostBytes.picture), { limitInputPixels: maxPixels, failOn: 'error' });
    const { format, depth, channels } = await input.metadata();
    if (format !== 'png' || depth !== 'ushort' || channels !== 1) {
      throw new MediaError(`found ${format}, ${depth} values, ${channels} channels`);
    }
    const { data, info } = await input
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(info.width * info.height);
    new Uint8Array(values.buffer).set(data.subarray(0, values.byteLength));
    return { width: info.width, height: info.height, kind, data: values };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MediaError(`${path} must be a depth picture, a PNG with one channel of 16 bits: ${why}`, { cause });
  }
}

/** A depth picture as PNG with its values as they are. */
export async function encodeDepth({ width, height, data }: DepthPicture): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}
