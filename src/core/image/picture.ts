// The one picture type. Rows run top to bottom, pixels left to right, channels interleaved, values 0..255.

/** An 8-bit picture. `channels` is 1 (grey), 3 (RGB) or 4 (RGBA); `data.length === width * height * channels`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A grey picture. */
export interface GreyPicture extends Picture {
  readonly channels: 1;
}

/** A rectangle `[x, y, width, height]` in pixels; may be fractional and may reach past the border. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** A point `[x, y]` in pixels. */
export type Point = readonly [x: number, y: number];
