// Sums over upright rectangles from four values each (Crow 1984; Viola & Jones 2001).
import type { GreyPicture } from '../../image/picture.js';

/** `[height + 1, width + 1]` of the picture, row-major: sums of all pixels above and to the left. */
export interface IntegralImages {
  readonly stride: number;
  readonly sums: Int32Array;
  /** Of the squares; they wrap at 2^32; differences taken as unsigned 32-bit numbers are still right. */
  readonly squares: Int32Array;
}

export function integralImages({ width, height, data }: GreyPicture): IntegralImages {
  const stride = width + 1;
  const sums = new Int32Array(stride * (height + 1));
  const squares = new Int32Array(stride * (height + 1));
  for (let y = 0, pixel = 0; y < height; y++) {
    let [sum, square] = [0, 0];
    for (let x = 0, at = (y + 1) * stride + 1; x < width; x++, at++, pixel++) {
      const value = data[pixel]!;
      sum += value;
      square = (square + value * value) | 0;
      sums[at] = sums[at - stride]! + sum;
      squares[at] = squares[at - stride]! + square;
    }
  }
  return { stride, sums, squares };
}
