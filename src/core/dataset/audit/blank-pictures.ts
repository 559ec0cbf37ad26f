// Pictures with nothing on them.
import type { PixelSamples } from '../duplicates.js';

/** Standard deviation of the brightness, 0..127.5, below which a picture counts as blank; chosen in docs/experiments.md. */
export const blankDeviation = 6;

/** The standard deviation of each sample's pixels, 0..127.5. */
export function brightnessDeviations({ width, height, count, pixels }: PixelSamples): Float64Array {
  const size = width * height;
  return Float64Array.from({ length: count }, (_, i) => {
    let [sum, squares] = [0, 0];
    for (let p = i * size; p < (i + 1) * size; p++) {
      sum += pixels[p]!;
      squares += pixels[p]! ** 2;
    }
    return Math.sqrt(Math.max(0, squares / size - (sum / size) ** 2));
  });
}
