// Light from one side: multiplies the picture by a brightness that falls linearly across it.
import type { GreyPicture } from './picture.js';

export interface SideLight {
  /** The picture is multiplied by `1 + strength` where the light is nearest, by `1 - strength` where it is farthest; 0..1. */
  readonly strength: number;
  /** Where the light is: 0 right, 90 below, 180 left, 270 above. */
  readonly degrees: number;
}

/** Lights `grey` from one side; values are clipped at white. Throws RangeError for a strength outside 0..1 or an angle that is not finite. */
export function lightFromSide(grey: GreyPicture, { strength, degrees }: SideLight): GreyPicture {
  if (!(strength >= 0 && strength <= 1 && Number.isFinite(degrees))) {
    throw new RangeError(
      `lightFromSide: the strength must be in 0..1 and the angle finite, found ${strength}, ${degrees}`,
    );
  }
  const { width, height, data } = grey;
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  // Both axes go from -1 to 1, scaled so that the corner nearest to the light is exactly at 1.
  const scale = strength / (Math.abs(cos) + Math.abs(sin));
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    const v = (2 * (y + 0.5)) / height - 1;
    for (let x = 0; x < width; x++, i++) {
      const u = (2 * (x + 0.5)) / width - 1;
      out[i] = data[i]! * (1 + scale * (u * cos + v * sin));
    }
  }
  return { width, height, channels: 1, data: out };
}
