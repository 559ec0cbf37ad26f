// The picture of a face for people's folders: cut out with some surroundings.
import { crop } from '../image/crop.js';
import type { Box, Picture } from '../image/picture.js';
import { resize } from '../image/resize.js';
import { clamp } from '../numbers/clamp.js';

/** Larger crops are shrunk to this: faces are compared at 100 pixels. */
const largestCropPx = 512;

/**
 * The face in `box` with `margin` around it, a share of the box on each side (default 0.6: enough to detect and align it again); cut at
 * the picture's border, at most 512 pixels a side.
 */
export function faceSurroundings(picture: Picture, [x, y, width, height]: Box, margin = 0.6): Picture {
  const left = clamp(Math.floor(x - margin * width), 0, picture.width - 1);
  const top = clamp(Math.floor(y - margin * height), 0, picture.height - 1);
  const right = clamp(Math.ceil(x + (1 + margin) * width), left + 1, picture.width);
  const bottom = clamp(Math.ceil(y + (1 + margin) * height), top + 1, picture.height);
  const cut = crop(picture, [left, top, right - left, bottom - top]);
  const scale = Math.min(1, largestCropPx / Math.max(cut.width, cut.height));
  if (scale === 1) return cut;
  return resize(cut, Math.max(1, Math.round(cut.width * scale)), Math.max(1, Math.round(cut.height * scale)));
}
