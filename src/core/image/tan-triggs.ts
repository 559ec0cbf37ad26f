// Takes the light out of a face, so that the same face looks alike by a window and under a lamp: gamma, difference of
// Gaussians, contrast equalisation (Tan & Triggs, "Enhanced Local Texture Feature Sets for Face Recognition Under
// Difficult Lighting Conditions", 2010), with the values of the paper.
import { blurValues } from './gaussian-blur.js';
import type { GreyPicture } from './picture.js';

/** Lifts the shadows. */
const gamma = 0.2;
/** Standard deviations of the two Gaussians, in pixels: finer is noise, coarser is light. */
const innerSigma = 1;
const outerSigma = 2;
/** A small exponent lets the mean of the magnitudes forget the few large ones. */
const alpha = 0.1;
/** Magnitudes are limited to it. */
const limit = 10;

const lifted = Float64Array.from({ length: 256 }, (_, value) => (value / 255) ** gamma);

/** The picture without its light: texture around grey 128, in the size it had. A flat picture becomes flat grey. */
export function tanTriggs({ width, height, data }: GreyPicture): GreyPicture {
  const light = Float64Array.from(data, (value) => lifted[value]!);
  const inner = blurValues(light, width, height, innerSigma);
  const outer = blurValues(light, width, height, outerSigma);
  const texture = inner.map((value, i) => value - outer[i]!);
  divide(texture, magnitude(texture, Infinity));
  divide(texture, magnitude(texture, limit));
  const grey = (value: number) => Math.round(127.5 + 127.5 * Math.tanh(value / limit));
  return { width, height, channels: 1, data: Uint8Array.from(texture, grey) };
}

/** What rounding leaves of a flat picture, as a share of white. */
const nothing = 1e-12;

function divide(values: Float64Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] = by > nothing ? values[i]! / by : 0;
}

/** The mean of the magnitudes, those above `most` cut to it, under the exponent. */
function magnitude(values: Float64Array, most: number): number {
  let sum = 0;
  for (const value of values) sum += Math.min(most, Math.abs(value)) ** alpha;
  return (sum / values.length) ** (1 / alpha);
}
