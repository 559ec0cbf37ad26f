// The study case's segmentation: what is near, with small gaps closed, and the picture blacked out elsewhere.
import type { DepthPicture } from '../image/depth-picture.js';
import type { Picture } from '../image/picture.js';

/** Three passes of a 7 x 7 kernel reach 9 pixels; at a width of 640, as the study case's pictures had. */
const reachPx = 9;

/**
 * 1 where depth (millimetres) was measured up to `nearMm`, 0 elsewhere, `[height, width]`. As in the study case, depth is eroded three
 * times and dilated three times with a 7 x 7 kernel before it is compared: near values win first, so holes and gaps of up to
 * 18 pixels (at a width of 640) within what is near are closed, and its outline stays.
 */
export function nearMask(depth: DepthPicture, nearMm: number): Uint8Array {
  const { width, height, data } = depth;
  const reach = Math.max(1, Math.round((reachPx * width) / 640));
  // To compare and then spread is the same as to spread and then compare, and needs no minimum and maximum.
  const near = Uint8Array.from(data, (mm) => (mm > 0 && mm <= nearMm ? 1 : 0));
  spread(near, width, height, reach, 1);
  spread(near, width, height, reach, 0);
  return near;
}

/** Every pixel within `reach` (a square) of one that is `value` becomes `value`; beyond the border there is nothing. */
function spread(mask: Uint8Array, width: number, height: number, reach: number, value: 0 | 1): void {
  const before = new Int32Array(Math.max(width, height) + 1);
  const line = (start: number, step: number, length: number) => {
    for (let i = 0; i < length; i++) before[i + 1] = before[i]! + Number(mask[start + i * step] === value);
    for (let i = 0; i < length; i++) {
      const found = before[Math.min(length, i + reach + 1)]! - before[Math.max(0, i - reach)]!;
      if (found > 0) mask[start + i * step] = value;
    }
  };
  for (let y = 0; y < height; y++) line(y * width, 1, width);
  for (let x = 0; x < width; x++) line(x, width, height);
}

/** A copy of the picture that is black (and opaque) where the mask, which shows the same view, is 0. */
export function blackOutside(picture: Picture, mask: Uint8Array, depth: DepthPicture): Picture {
  const { width, height, channels } = picture;
  const data = Uint8Array.from(picture.data);
  const columns = Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * depth.width) / width));
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * depth.height) / height) * depth.width;
    for (let x = 0; x < width; x++, at += channels) {
      if (mask[row + columns[x]!] === 1) continue;
      data[at] = 0;
      if (channels > 1) data[at + 1] = data[at + 2] = 0;
    }
  }
  return { width, height, channels, data };
}
