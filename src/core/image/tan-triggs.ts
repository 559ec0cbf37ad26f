// Illumination normalisation of a face, so that it has similar features by a window and under a lamp: gamma, difference of
// Gaussians, contrast equalisation (Tan & Triggs, "Enhanced Local Texture Feature Sets for Face Recognition Under
// Difficult Lighting Conditions", 2010), with the values of the paper.
import { blurValues } from './gaussian-blur.js';
import type { GreyPicture } from './picture.js';

/** Brightens the shadows. */
const gamma = 0.2;
/** Standard deviations of the two Gaussians, in pixels: finer detail is noise, coarser is illumination. */
const innerSigma = 1;
const outerSigma = 2;
/** A small exponent reduces the influence of a few large magnitudes on the mean. */
const alpha = 0.1;
/** Upper limit of the magnitudes. */
const limit = 10;

const lifted = Float64Array.from({ length: 256 }, (_, value) => (value / 255) ** gamma);

/** The normalised picture: texture around grey 128, in the same size. A uniform picture becomes uniform grey. */
export function tanTriggs({ width, height, data }: GreyPicture): GreyPicture {
  // Loops, because the typed arrays' own `from`, `map` and `reduce` take several times as long.
  const light = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) light[i] = lifted[data[i]!]!;
  const texture = blurValues(light, width, height, innerSigma);
  const outer = blurValues(light, width, height, outerSigma);
  for (let i = 0; i < texture.length; i++) texture[i] = texture[i]! - outer[i]!;
  const scale = contrast(texture) * limit;
  const out = new Uint8Array(data.length).fill(128);
  if (scale > nothing) {
    for (let i = 0; i < out.length; i++) out[i] = Math.round(127.5 + 127.5 * Math.tanh(texture[i]! / scale));
  }
  return { width, height, channels: 1, data: out };
}

/** Rounding error of a uniform picture, as a share of white. */
const nothing = 1e-12;

/**
 * The divisor of the texture: the mean of its magnitudes under the exponent, computed twice; the second time after the first
 * division, with magnitudes clipped at the limit.
 */
function contrast(texture: Float64Array): number {
  const powers = new Float64Array(texture.length);
  let sum = 0;
  for (let i = 0; i < texture.length; i++) {
    const power = Math.abs(texture[i]!) ** alpha;
    powers[i] = power;
    sum += power;
  }
  if (sum === 0) return 0;
  const mean = sum / powers.length;
  // Dividing a magnitude divides its power: no need to raise them all anew.
  const most = limit ** alpha;
  let cut = 0;
  for (let i = 0; i < powers.length; i++) cut += Math.min(most, powers[i]! / mean);
  return (mean * (cut / powers.length)) ** (1 / alpha);
}
