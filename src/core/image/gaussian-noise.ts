// Sensor noise: an independent normal number added to every pixel.
import type { Random } from '../numbers/random.js';
import type { GreyPicture } from './picture.js';

/** Adds noise of standard deviation `sigma`, in grey levels, and cuts to 0..255. Throws RangeError for a sigma that is negative or not finite. */
export function addGaussianNoise(grey: GreyPicture, sigma: number, random: Random): GreyPicture {
  if (!(sigma >= 0 && Number.isFinite(sigma))) {
    throw new RangeError(`addGaussianNoise: sigma must be 0 or more grey levels, found ${sigma}`);
  }
  const { width, height, data } = grey;
  return { width, height, channels: 1, data: Uint8ClampedArray.from(data, (value) => value + sigma * random.normal()) };
}
