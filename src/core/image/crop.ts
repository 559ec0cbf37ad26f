// Cuts a rectangle out of a picture; what lies outside repeats the border.
import { clamp } from '../numbers/clamp.js';
import type { Box, GreyPicture, Picture } from './picture.js';

// 2^28 bytes: far above any face or frame, far below the memory limit.
const LARGEST = 1 << 28;

/** The pixels of `box`, its edges rounded to whole pixels. Throws RangeError when the box is empty, not finite or huge. */
export function crop(picture: GreyPicture, box: Box): GreyPicture;
export function crop(picture: Picture, box: Box): Picture;
export function crop(picture: Picture, box: Box): Picture {
  const left = Math.round(box[0]);
  const top = Math.round(box[1]);
  const width = Math.round(box[0] + box[2]) - left;
  const height = Math.round(box[1] + box[3]) - top;
  const { channels } = picture;
  if (!(width >= 1 && height >= 1 && width * height * channels <= LARGEST && picture.width > 0 && picture.height > 0)) {
    throw new RangeError(`crop: a box must be finite and cover at least one pixel, found [${box.join(', ')}]`);
  }
  const out = new Uint8Array(width * height * channels);
  const columns = new Int32Array(width);
  for (let x = 0; x < width; x++) columns[x] = clamp(left + x, 0, picture.width - 1) * channels;
  const inside = left >= 0 && left + width <= picture.width;
  for (let y = 0, o = 0; y < height; y++) {
    const row = clamp(top + y, 0, picture.height - 1) * picture.width * channels;
    if (inside) {
      const start = row + left * channels;
      out.set(picture.data.subarray(start, start + width * channels), o);
      o += width * channels;
      continue;
    }
    for (let x = 0; x < width; x++) {
      const from = row + columns[x]!;
      for (let c = 0; c < channels; c++) out[o++] = picture.data[from + c]!;
    }
  }
  return { width, height, channels, data: out };
}
