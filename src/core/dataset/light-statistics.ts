// Brightness and contrast of a dataset's pictures.
import type { PixelSamples } from './duplicates.js';

/** One value per sample. */
export interface LightStatistics {
  /** Mean of the pixels, 0..255. */
  readonly brightness: Float64Array;
  /** Standard deviation of the pixels (RMS contrast, Peli 1990, in grey levels), 0..127.5. */
  readonly contrast: Float64Array;
}

/** The brightness and contrast of every sample; sums are of whole numbers, so the result does not depend on their order. */
export function lightStatistics({ pixels, width, height, count }: PixelSamples): LightStatistics {
  const size = width * height;
  const brightness = new Float64Array(count);
  const contrast = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    let squares = 0;
    for (let p = i * size; p < (i + 1) * size; p++) {
      const value = pixels[p]!;
      sum += value;
      squares += value * value;
    }
    brightness[i] = sum / size;
    // n * squares - sum² is exact up to 2^53, and never below 0.
    contrast[i] = Math.sqrt(size * squares - sum * sum) / size;
  }
  return { brightness, contrast };
}
