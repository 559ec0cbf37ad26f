// A part of a picture, scaled, turned and mirrored into a square tile of a training sample.
import type { Picture } from '../../image/picture.js';

/** From tile to picture: `x' = a x + b y + c`, `y' = d x + e y + f`, pixels, where pixel i covers [i, i + 1). */
export type TileMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Where the tile lies in a planar picture `[3, side, side]`. */
export interface TilePlace {
  readonly values: Uint8Array;
  /** The first value of the first plane. */
  readonly offset: number;
  /** Of the whole sample, pixels. */
  readonly side: number;
  readonly left: number;
  readonly top: number;
  /** Of the tile. */
  readonly size: number;
}

/**
 * Fills the tile: bilinear, from a picture that is halved until less than two of its pixels fall on one of the tile's. What
 * lies outside the picture becomes `fill`, 0..255. The picture must have 1 or 3 channels.
 */
export function warpTile(picture: Picture, map: TileMap, place: TilePlace, fill: number): void {
  let source = picture;
  let [a, b, c, d, e, f] = map;
  while (Math.hypot(a, d) >= 2 && source.width >= 4 && source.height >= 4) {
    source = halve(source);
    [a, b, c, d, e, f] = [a / 2, b / 2, c / 2, d / 2, e / 2, f / 2];
  }
  const { data, width, height, channels } = source;
  const { values, offset, side, left, top, size } = place;
  const plane = side * side;
  const stride = width * channels;
  for (let row = 0; row < size; row++) {
    let out = offset + (top + row) * side + left;
    // Half a pixel each way: from the middle of the tile's pixel to the places between the source's.
    let x = a * 0.5 + b * (row + 0.5) + c - 0.5;
    let y = d * 0.5 + e * (row + 0.5) + f - 0.5;
    for (let column = 0; column < size; column++, out++, x += a, y += d) {
      if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) {
        values[out] = values[out + plane] = values[out + 2 * plane] = fill;
        continue;
      }
      const [left0, top0] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left0, y - top0];
      const x0 = left0 < 0 ? 0 : left0;
      const y0 = top0 < 0 ? 0 : top0;
      const x1 = left0 + 1 < width ? left0 + 1 : width - 1;
      const y1 = top0 + 1 < height ? top0 + 1 : height - 1;
      const [p, q, r, s] = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
      const i00 = y0 * stride + x0 * channels;
      const i01 = y0 * stride + x1 * channels;
      const i10 = y1 * stride + x0 * channels;
      const i11 = y1 * stride + x1 * channels;
      const first = p * data[i00]! + q * data[i01]! + r * data[i10]! + s * data[i11]! + 0.5;
      values[out] = first;
      if (channels === 1) {
        values[out + plane] = values[out + 2 * plane] = first;
        continue;
      }
      values[out + plane] = p * data[i00 + 1]! + q * data[i01 + 1]! + r * data[i10 + 1]! + s * data[i11 + 1]! + 0.5;
      values[out + 2 * plane] = p * data[i00 + 2]! + q * data[i01 + 2]! + r * data[i10 + 2]! + s * data[i11 + 2]! + 0.5;
    }
  }
}

/** Half the width and height, rounded down: each pixel the mean of four. */
function halve(picture: Picture): Picture {
  const { channels, data } = picture;
  const [width, height] = [picture.width >> 1, picture.height >> 1];
  const stride = picture.width * channels;
  const out = new Uint8Array(width * height * channels);
  const row = width * channels;
  for (let y = 0, o = 0; y < height; y++) {
    const from = 2 * y * stride;
    // Channel by channel: an inner loop over three channels would take twice as long.
    for (let k = 0; k < channels; k++) {
      let i = from + k;
      for (let at = o + k; at < o + row; at += channels, i += 2 * channels) {
        out[at] = (data[i]! + data[i + channels]! + data[i + stride]! + data[i + stride + channels]! + 2) >> 2;
      }
    }
    o += row;
  }
  return { width, height, channels, data: out };
}
