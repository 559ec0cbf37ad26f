// Whole-pixel shifts of a grey picture.
import type { GreyPicture } from './picture.js';

/** Shifts the content by whole pixels, to the right and down where positive; the border repeats. */
export function shift({ data, width, height }: GreyPicture, rightPx: number, downPx: number): GreyPicture {
  const moved = new Uint8Array(width * height);
  const inside = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1);
  for (let y = 0; y < height; y++) {
    const row = inside(y - downPx, height) * width;
    for (let x = 0; x < width; x++) moved[y * width + x] = data[row + inside(x - rightPx, width)]!;
  }
  return { width, height, channels: 1, data: moved };
}
