// The mean picture of several samples: it shows how the faces of a class are aligned.
import type { GreyPicture } from '../image/picture.js';
import type { PixelSamples } from './duplicates.js';

/** Every pixel's mean over the samples at `indices`, rounded. Throws RangeError when there are none, or an index is out of range. */
export function meanFace({ pixels, width, height, count }: PixelSamples, indices: ArrayLike<number>): GreyPicture {
  const size = width * height;
  const sums = new Float64Array(size);
  if (indices.length === 0) throw new RangeError('meanFace: a mean needs one sample or more, found none');
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new RangeError(`meanFace: index ${index} is not in 0..${count - 1}`);
    }
    const start = index * size;
    for (let p = 0; p < size; p++) sums[p] = sums[p]! + pixels[start + p]!;
  }
  return { width, height, channels: 1, data: Uint8Array.from(sums, (sum) => Math.round(sum / indices.length)) };
}
