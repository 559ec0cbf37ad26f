// Reads PGM and PPM pictures (P2, P3, P5, P6 of netpbm), the formats of older face collections; 16-bit values are scaled to 8.
import { MediaError } from '../errors.js';
import type { Picture } from './picture.js';

/** Whether the bytes begin like a PGM or PPM file. */
export function isNetpbm(bytes: Uint8Array): boolean {
  const kind = bytes[1];
  return bytes[0] === 0x50 && (kind === 0x32 || kind === 0x33 || kind === 0x35 || kind === 0x36) && isSpace(bytes[2]);
}

/** Decodes the first picture of a PGM or PPM file. Throws MediaError when it is malformed, cut short or has over `maxPixels` pixels. */
export function decodeNetpbm(bytes: Uint8Array, maxPixels = 100_000_000): Picture {
  if (!isNetpbm(bytes))
    throw new MediaError('a PGM or PPM picture must open with P2, P3, P5 or P6; this is another file');
  const kind = bytes[1]! - 0x30;
  const scanner = new Scanner(bytes, 2);
  const width = scanner.number('width');
  const height = scanner.number('height');
  const largest = scanner.number('largest value');
  if (width < 1 || height < 1 || width * height > maxPixels) {
    throw new MediaError(`a picture must have 1 to ${maxPixels} pixels; this one says ${width}x${height}`);
  }
  if (largest < 1 || largest > 65535) {
    throw new MediaError(`a PGM or PPM picture's largest value must be 1..65535; found ${largest}`);
  }
  const channels = kind === 2 || kind === 5 ? 1 : 3;
  const count = width * height * channels;
  const plain = kind <= 3;
  const wide = largest > 255;
  const start = scanner.position + 1;
  const needed = plain ? count * 2 - 1 : count * (wide ? 2 : 1);
  if (bytes.length - start < needed) {
    throw new MediaError(
      `a ${width}x${height} picture needs ${needed} bytes of pixels; the file has ${Math.max(0, bytes.length - start)}, so it is cut short`,
    );
  }
  if (!plain && largest === 255)
    return { width, height, channels, data: Uint8Array.from(bytes.subarray(start, start + count)) };
  const data = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let value: number;
    if (plain) value = scanner.number('pixel');
    else value = wide ? (bytes[start + 2 * i]! << 8) | bytes[start + 2 * i + 1]! : bytes[start + i]!;
    if (value > largest) throw new MediaError(`pixels must be at most ${largest}; pixel ${i} is ${value}`);
    data[i] = Math.round((value * 255) / largest);
  }
  return { width, height, channels, data };
}

class Scanner {
  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
  ) {}

  /** The next whole number, past white space and `#` comments; `position` ends on the byte after it. */
  number(what: string): number {
    const { bytes } = this;
    let at = this.position;
    while (isSpace(bytes[at]) || bytes[at] === 0x23) {
      if (bytes[at] === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at++;
      else at++;
    }
    let value = 0;
    const first = at;
    for (let digit = bytes[at]; digit !== undefined && digit >= 0x30 && digit <= 0x39; digit = bytes[++at]) {
      value = value * 10 + digit - 0x30;
      if (value > 1e9) break;
    }
    if (at === first) throw new MediaError(`a PGM or PPM picture must give its ${what} as a number at byte ${at}`);
    this.position = at;
    return value;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
