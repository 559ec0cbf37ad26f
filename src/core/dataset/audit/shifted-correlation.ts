// Similarity of two pictures: Pearson's correlation at the best small shift, which is independent of brightness and contrast.
import type { GreyPicture } from '../../image/picture.js';

/** Largest shift along an axis, as a share of the side: 4 pixels of 48. */
const reach = 1 / 12;

/**
 * The central part of each picture is correlated with the other at the best shift of up to a twelfth of the side; the smaller
 * result counts. -1..1; 0 when a part is uniform. Throws RangeError for pictures of different sizes.
 */
export function shiftedCorrelation(a: GreyPicture, b: GreyPicture): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `shiftedCorrelation: sizes must be equal, found ${a.width}x${a.height} and ${b.width}x${b.height}`,
    );
  }
  return Math.min(bestFit(a, b), bestFit(b, a));
}

function bestFit(template: GreyPicture, picture: GreyPicture): number {
  const right = Math.floor(template.width * reach);
  const down = Math.floor(template.height * reach);
  const size = { width: template.width - 2 * right, height: template.height - 2 * down };
  let best = -1;
  for (let y = 0; y <= 2 * down; y++) {
    for (let x = 0; x <= 2 * right; x++) {
      best = Math.max(best, correlation({ template, right, down }, { picture, x, y }, size));
    }
  }
  return best;
}

function correlation(
  { template, right, down }: { template: GreyPicture; right: number; down: number },
  { picture, x, y }: { picture: GreyPicture; x: number; y: number },
  { width, height }: { width: number; height: number },
): number {
  const stride = template.width;
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let row = 0; row < height; row++) {
    const from = (row + down) * stride + right;
    const to = (row + y) * stride + x;
    for (let column = 0; column < width; column++) {
      const p = template.data[from + column]!;
      const q = picture.data[to + column]!;
      sumA += p;
      sumB += q;
      squareA += p * p;
      squareB += q * q;
      product += p * q;
    }
  }
  const n = width * height;
  const spread = (squareA - (sumA * sumA) / n) * (squareB - (sumB * sumB) / n);
  return spread <= 0 ? 0 : (product - (sumA * sumB) / n) / Math.sqrt(spread);
}
