// Random changes of light, focus and sensor noise in training pictures: what differs between a dataset and a webcam.
import type { Random } from '../tensor/random.js';

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
function blur(picture: LitPicture, sigma: number): void {
  const radius = Math.ceil(2 * sigma);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i] = kernel[i]! / sum;
  const { values, offset, width, height } = picture;
  const line = new Float32Array(Math.max(width, height));
  for (let y = 0; y < height; y++) blurLine(values, offset + y * width, 1, width, kernel, line);
  for (let x = 0; x < width; x++) blurLine(values, offset + x, width, height, kernel, line);
}

function blurLine(
  values: Float32Array,
  from: number,
  stride: number,
  length: number,
  kernel: Float32Array,
  line: Float32Array,
): void {
  const radius = kernel.length >> 1;
  for (let i = 0; i < length; i++) line[i] = values[from + i * stride]!;
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = -radius; k <= radius; k++) {
      const at = Math.min(Math.max(i + k, 0), length - 1);
      sum += kernel[k + radius]! * line[at]!;
    }
    values[from + i * stride] = sum;
  }
}

function applyGain(
  { values, offset, width, height }: LitPicture,
  exponent: number,
  side: number,
  direction: number,
): void {
  // A table of 256 greys: a power for every pixel would cost more than the rest of the augmentation.
  const table = Float32Array.from({ length: 257 }, (_, grey) => 255 * (Math.min(grey, 255) / 255) ** exponent);
  const [alongX, alongY] = [(2 * side * Math.cos(direction)) / width, (2 * side * Math.sin(direction)) / height];
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = offset + y * width + x;
      const grey = Math.min(Math.max(values[at]!, 0), 255);
      const below = grey | 0;
      const curved = table[below]! + (grey - below) * (table[below + 1]! - table[below]!);
      const lit = curved * (1 + alongX * (x - centreX) + alongY * (y - centreY));
      values[at] = Math.min(Math.max(lit, 0), 255);
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
    values[at] = Math.min(Math.max(values[at]! + scale * (sum - 510), 0), 255);
  }
}
