// How sharp a picture is: the variance of its Laplacian (Pech-Pacheco et al., 2000).
import type { GreyPicture } from './picture.js';

/** Variance of the 4-neighbour Laplacian over the inner pixels; 0 for a flat picture or one under 3 x 3 pixels. Grows with contrast. */
export function laplacianVariance(grey: GreyPicture): number {
  const { width, height, data } = grey;
  const count = (width - 2) * (height - 2);
  if (width < 3 || height < 3) return 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1, end = (y + 1) * width - 1; i < end; i++) {
      const value = data[i - 1]! + data[i + 1]! + data[i - width]! + data[i + width]! - 4 * data[i]!;
      sum += value;
      squares += value * value;
    }
  }
  return Math.max(0, squares / count - (sum / count) ** 2);
}
