// Simulates low resolution: a face far from the camera, enlarged to the model's input size.
import type { GreyPicture } from './picture.js';
import { resizeGrey } from './resize.js';

/** Shrinks to `width` pixels across (area average, the same proportions) and enlarges again; a picture no wider stays as it is. Throws RangeError for a width that is not whole and positive. */
export function lowerResolution(grey: GreyPicture, width: number): GreyPicture {
  const height = Math.max(1, Math.round((grey.height * width) / grey.width));
  const small = resizeGrey(grey, Math.min(width, grey.width), Math.min(height, grey.height));
  return resizeGrey(small, grey.width, grey.height);
}
