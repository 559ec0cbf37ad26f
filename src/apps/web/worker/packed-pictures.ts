// Grey pictures of one size as one blob: "MLFP", version, count, width, height (32 bit, little endian), then the pixels.
import { PeopleError } from '../../../core/errors.js';
import type { GreyPicture } from '../../../core/image/picture.js';

const headLength = 20;
const magic = 0x50_46_4c_4d;
const version = 1;

/** All pictures must have the first one's size. */
export function packPictures(pictures: readonly GreyPicture[]): Uint8Array {
  const { width, height } = pictures[0] ?? { width: 0, height: 0 };
  const bytes = new Uint8Array(headLength + pictures.length * width * height);
  const head = new DataView(bytes.buffer);
  for (const [index, value] of [magic, version, pictures.length, width, height].entries()) {
    head.setUint32(index * 4, value, true);
  }
  for (const [index, picture] of pictures.entries()) {
    if (picture.width !== width || picture.height !== height) {
      throw new RangeError(
        `packPictures: all must be ${width}x${height}, but one is ${picture.width}x${picture.height}`,
      );
    }
    bytes.set(picture.data, headLength + index * width * height);
  }
  return bytes;
}

/** The pictures of such a blob. Throws PeopleError when it is damaged. */
export function unpackPictures(bytes: Uint8Array): GreyPicture[] {
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = bytes.length < headLength ? [] : [0, 4, 8, 12, 16].map((at) => head.getUint32(at, true));
  const [foundMagic, foundVersion, count = 0, width = 0, height = 0] = values;
  const size = width * height;
  if (foundMagic !== magic || foundVersion !== version || bytes.length !== headLength + count * size) {
    throw new PeopleError(
      `The pictures that this browser keeps of a person are damaged (${bytes.length} bytes); enrol the person again.`,
    );
  }
  return Array.from({ length: count }, (_, index) => ({
    width,
    height,
    channels: 1 as const,
    data: bytes.slice(headLength + index * size, headLength + (index + 1) * size),
  }));
}
