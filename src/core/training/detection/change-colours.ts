// Light, colour, focus, noise and compression of a training sample, changed at random.
import { createRandom, type Random } from '../../numbers/random.js';
import { distortJpeg } from './distort-jpeg.js';

export interface ColourOptions {
  /** Probability of losing all colour. */
  readonly grey: number;
  /** Probability of other brightness, contrast, gamma and colour cast. */
  readonly light: number;
  /** Probability of blur. */
  readonly blur: number;
  /** Probability of noise, and its largest standard deviation, grey levels. */
  readonly noise: readonly [probability: number, deviation: number];
  /** Probability of compression as JPEG, and its lowest quality, 1..95. */
  readonly jpeg: readonly [probability: number, quality: number];
}

/** A higher quality is hardly seen. */
const highestQuality = 95;

/** Changes the planes `[3, side, side]` from `offset` on in place. For compression `side` must be a multiple of 16. */
export function changeColours(
  values: Uint8Array,
  offset: number,
  side: number,
  options: ColourOptions,
  random: Random,
): void {
  const area = side * side;
  const planes = [0, 1, 2].map((i) => values.subarray(offset + i * area, offset + (i + 1) * area));
  if (random.next() < options.grey) turnGrey(planes);
  if (random.next() < options.light) changeLight(planes, random);
  if (random.next() < options.blur) {
    const times = 1 + random.integer(2);
    for (const plane of planes) for (let i = 0; i < times; i++) blur(plane, side);
  }
  const [noisy, deviation] = options.noise;
  if (random.next() < noisy) addNoise(planes, random.between(1, deviation), random);
  // Last, as in a camera; so the draws of all else stay what they were.
  const [compressed, quality] = options.jpeg;
  if (random.next() < compressed) distortJpeg(planes, side, quality + random.integer(highestQuality + 1 - quality));
}

function turnGrey(planes: readonly Uint8Array[]): void {
  const [red, green, blue] = planes as [Uint8Array, Uint8Array, Uint8Array];
  for (let i = 0; i < red.length; i++) {
    red[i] = green[i] = blue[i] = 0.299 * red[i]! + 0.587 * green[i]! + 0.114 * blue[i]! + 0.5;
  }
}

function changeLight(planes: readonly Uint8Array[], random: Random): void {
  const gamma = Math.exp(random.between(-0.5, 0.5));
  const contrast = Math.exp(random.between(-0.5, 0.3));
  const brightness = random.between(-40, 40);
  for (const plane of planes) {
    const cast = Math.exp(random.between(-0.12, 0.12));
    const curve = Uint8ClampedArray.from(
      { length: 256 },
      (_, level) => (255 * (level / 255) ** gamma - 128) * contrast * cast + 128 + brightness,
    );
    for (let i = 0; i < plane.length; i++) plane[i] = curve[plane[i]!]!;
  }
}

/** Weights 1, 2, 1 along both axes; the border keeps its values. */
function blur(plane: Uint8Array, side: number): void {
  const columns = new Uint16Array(plane.length);
  for (let i = side; i < plane.length - side; i++) columns[i] = plane[i - side]! + 2 * plane[i]! + plane[i + side]!;
  for (let y = 1; y < side - 1; y++) {
    for (let i = y * side + 1; i < (y + 1) * side - 1; i++) {
      plane[i] = (columns[i - 1]! + 2 * columns[i]! + columns[i + 1]! + 8) >> 4;
    }
  }
}

/** Drawing a normal number for each pixel would take longer than everything else: these are used again from random places on. */
const drawnNoise = (() => {
  const random = createRandom(1);
  return Float32Array.from({ length: 1 << 16 }, () => random.normal());
})();

function addNoise(planes: readonly Uint8Array[], deviation: number, random: Random): void {
  const mask = drawnNoise.length - 1;
  for (const plane of planes) {
    const from = random.integer(drawnNoise.length);
    const clamped = new Uint8ClampedArray(plane.buffer, plane.byteOffset, plane.length);
    for (let i = 0; i < plane.length; i++) clamped[i]! += deviation * drawnNoise[(from + i) & mask]!;
  }
}
