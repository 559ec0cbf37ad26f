// Random changes of light, focus and sensor noise in training pictures: what differs between a dataset and a webcam.
import { gaussianKernel } from '../image/gaussian-blur.js';
import type { Random } from '../numbers/random.js';

/** Strengths; each part is off at 0 (gamma at [1, 1]). Each is drawn anew for every picture. */
export interface LightOptions {
  /** Probability that a picture is changed at all. */
  readonly probability: number;
  /** Range of the exponent of `255 * (grey / 255) ^ gamma`, drawn evenly on a logarithmic scale. */
  readonly gamma: readonly [low: number, high: number];
  /** Largest side light: a linear gain from `1 - side` to `1 + side` across the picture, in any direction. */
  readonly side: number;
  /** Largest standard deviation of a Gaussian blur, share of the picture's side. */
  readonly blur: number;
  /** Largest standard deviation of Gaussian noise, grey levels. */
  readonly noise: number;
}

/** A square-ish crop of grey values 0..255, changed in place; clipped at both ends as a sensor does. */
export interface LitPicture {
  readonly values: Float32Array;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
}

/** Changes a picture in place. The same random state makes the same change. */
export function changeLight(picture: LitPicture, options: LightOptions, random: Random): void {
  if (random.next() >= options.probability) return;
  const [low, high] = options.gamma;
  const exponent = Math.exp(random.between(Math.log(low), Math.log(high)));
  const side = random.between(0, options.side);
  const direction = random.between(0, 2 * Math.PI);
  const sigma = random.between(0, options.blur) * picture.width;
  const noise = random.between(0, options.noise);
  if (sigma > 0.3) blur(picture, sigma);
  applyGain(picture, exponent, side, direction);
  if (noise > 0) addNoise(picture, noise, random);
}

/** Below a standard deviation of a third of a pixel a blur changes next to nothing, so it is left out. */
function blur({ values, offset, width, height }: LitPicture, sigma: number): void {
  const radius = Math.ceil(2 * sigma);
  const kernel = gaussianKernel(sigma, radius);
  const line = new Float64Array(Math.max(width, height) + 2 * radius);
  for (let y = 0; y < height; y++) blurLine(values, offset + y * width, 1, width, kernel, line);
  for (let x = 0; x < width; x++) blurLine(values, offset + x, width, height, kernel, line);
}

/** `line` is room for the values with the first and the last repeated `radius` times, so that nothing is asked within the sum. */
function blurLine(
  values: Float32Array,
  from: number,
  stride: number,
  length: number,
  kernel: Float64Array,
  line: Float64Array,
): void {
  const radius = kernel.length - 1;
  for (let i = 0, at = from; i < length; i++, at += stride) line[radius + i] = values[at]!;
  for (let i = 0; i < radius; i++) {
    line[i] = line[radius]!;
    line[radius + length + i] = line[radius + length - 1]!;
  }
  for (let i = radius, at = from; i < radius + length; i++, at += stride) {
    let sum = kernel[0]! * line[i]!;
    for (let k = 1; k <= radius; k++) sum += kernel[k]! * (line[i - k]! + line[i + k]!);
    values[at] = sum;
  }
}

const logarithms = Float64Array.from({ length: 256 }, (_, grey) => Math.log(grey / 255));

function applyGain(
  { values, offset, width, height }: LitPicture,
  exponent: number,
  side: number,
  direction: number,
): void {
  // A table of 256 greys: a power for every pixel would cost more than the rest of the augmentation.
  const table = new Float64Array(257);
  for (let grey = 0; grey < 256; grey++) table[grey] = 255 * Math.exp(exponent * logarithms[grey]!);
  table[256] = 255;
  const alongX = (2 * side * Math.cos(direction)) / width;
  const alongY = (2 * side * Math.sin(direction)) / height;
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0, at = offset; y < height; y++) {
    const rowGain = 1 + alongY * (y - centreY) - alongX * centreX;
    for (let x = 0; x < width; x++, at++) {
      const grey = values[at]!;
      const below = grey | 0;
      const curved = table[below]! + (grey - below) * (table[below + 1]! - table[below]!);
      const lit = curved * (rowGain + alongX * x);
      values[at] = lit < 0 ? 0 : lit > 255 ? 255 : lit;
    }
  }
}

/** Sums of four even numbers stand in for the normal distribution: near enough for noise, and quick. */
function addNoise({ values, offset, width, height }: LitPicture, deviation: number, random: Random): void {
  // The sum of four even bytes minus its mean has the standard deviation sqrt(4 * (256^2 - 1) / 12).
  const scale = deviation / Math.sqrt((4 * (256 ** 2 - 1)) / 12);
  for (let at = offset; at < offset + width * height; at++) {
    const bits = random.uint32();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    const grey = values[at]! + scale * (sum - 510);
    values[at] = grey < 0 ? 0 : grey > 255 ? 255 : grey;
  }
}
