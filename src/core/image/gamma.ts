// Gamma: darker or brighter middle tones with unchanged black and white, as by another screen, camera or exposure.
import type { GreyPicture } from './picture.js';

/** Every value as `255 (value / 255) ^ exponent`, rounded: above 1 darker, below 1 brighter, 1 the same. Throws RangeError unless the exponent is positive. */
export function adjustGamma(grey: GreyPicture, exponent: number): GreyPicture {
  if (!(exponent > 0 && Number.isFinite(exponent))) {
    throw new RangeError(`adjustGamma: the exponent must be a positive number, found ${exponent}`);
  }
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.round(255 * (value / 255) ** exponent));
  const { width, height, data } = grey;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = table[data[i]!]!;
  return { width, height, channels: 1, data: out };
}
