// The study case's segmentation: a mask of what is near, with small gaps closed, and the picture black elsewhere.
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Picture } from '../../image/picture.js';

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
  // Thresholding commutes with erosion and dilation, and binary ones need no minimum and maximum.
  const near = new Uint8Array(width * height);
  for (let i = 0; i < near.length; i++) near[i] = data[i]! > 0 && data[i]! <= nearMm ? 1 : 0;
  const scratch = new Uint8Array(width * height);
  for (const value of [1, 0] as const) {
    spreadRows(near, scratch, width, reach, value);
    spreadColumns(scratch, near, width, reach, value);
  }
  return near;
}

/** Every pixel of `to` is `value` when one of `from` within `reach` in its row is; beyond the border there is nothing. */
function spreadRows(from: Uint8Array, to: Uint8Array, width: number, reach: number, value: 0 | 1): void {
  for (let start = 0; start < from.length; start += width) {
    let found = 0;
    for (let x = -reach; x < width; x++) {
      if (x + reach < width && from[start + x + reach] === value) found++;
      if (x > reach && from[start + x - reach - 1] === value) found--;
      if (x >= 0) to[start + x] = found > 0 ? value : 1 - value;
    }
  }
}

/** The same within columns; row by row, in the order of memory. */
function spreadColumns(from: Uint8Array, to: Uint8Array, width: number, reach: number, value: 0 | 1): void {
  const found = new Uint16Array(width);
  const height = from.length / width;
  for (let y = -reach; y < height; y++) {
    const enters = y + reach < height ? (y + reach) * width : -1;
    const leaves = y > reach ? (y - reach - 1) * width : -1;
    for (let x = 0; x < width; x++) {
      if (enters >= 0 && from[enters + x] === value) found[x]!++;
      if (leaves >= 0 && from[leaves + x] === value) found[x]!--;
      if (y >= 0) to[y * width + x] = found[x]! > 0 ? value : 1 - value;
    }
  }
}

/** A copy of the picture that is black (and opaque) where the mask, which shows the same view, is 0. */
export function blackOutside(picture: Picture, mask: Uint8Array, depth: DepthPicture): Picture {
  const { width, height, channels } = picture;
  const data = Uint8Array.from(picture.data);
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * depth.width) / width));
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
