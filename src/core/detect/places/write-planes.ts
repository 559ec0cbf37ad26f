// A picture as the planes that a detector takes.
import type { Picture } from '../../image/picture.js';

/** What stands beside a picture that is smaller than the planes, 0..255. */
export const padding = 114;

export interface Planes {
  readonly values: Uint8Array;
  /** The first value of the first plane. */
  readonly offset: number;
  readonly width: number;
  readonly height: number;
}

/** Writes a picture into the upper left corner of planes `[3, height, width]`, red, green, blue; grey into all three. */
export function writePlanes(picture: Picture, { values, offset, width, height }: Planes): void {
  const { data, channels } = picture;
  const plane = width * height;
  // Of a grey picture the one channel is all three.
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let y = 0, i = 0; y < picture.height; y++) {
    let out = offset + y * width;
    for (const end = out + picture.width; out < end; out++, i += channels) {
      values[out] = data[i]!;
      values[out + plane] = data[i + green]!;
      values[out + 2 * plane] = data[i + blue]!;
    }
  }
}
