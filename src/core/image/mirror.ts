// The mirror image of a picture.
import type { GreyPicture, Picture } from './picture.js';

/** Swaps left and right. */
export function mirror(picture: GreyPicture): GreyPicture;
export function mirror(picture: Picture): Picture;
export function mirror({ data, width, height, channels }: Picture): Picture {
  const mirrored = Uint8Array.from(data);
  // Backwards byte by byte, then the channels of each pixel forwards again.
  for (let y = 0; y < height; y++) mirrored.subarray(y * width * channels, (y + 1) * width * channels).reverse();
  if (channels > 1) {
    for (let i = 0; i < mirrored.length; i += channels) mirrored.subarray(i, i + channels).reverse();
  }
  return { width, height, channels, data: mirrored };
}
