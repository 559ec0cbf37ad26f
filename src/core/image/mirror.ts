// The mirror image of a grey picture.
import type { GreyPicture } from './picture.js';

/** Swaps left and right. */
export function mirror({ data, width, height }: GreyPicture): GreyPicture {
  const mirrored = Uint8Array.from(data);
  for (let y = 0; y < height; y++) mirrored.subarray(y * width, (y + 1) * width).reverse();
  return { width, height, channels: 1, data: mirrored };
}
