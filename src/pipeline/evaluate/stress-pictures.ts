// Distorts samples by one stress at one strength: the same sample always gives the same picture, whatever else is evaluated.
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { crop } from '../../core/image/crop.js';
import type { GreyPicture } from '../../core/image/picture.js';
import { createRandom } from '../../core/numbers/random.js';
import type { RecompressJpeg } from '../../core/ports/recompress-jpeg.js';
import type { Stress } from './stresses.js';

/** Seeds every distortion. Never changed, so that figures of different models and days are of the same pictures. */
const seed = 2026;

/** The side of JPEG's blocks, and the largest height of a JPEG, in pixels. */
const blockPx = 8;
const maxJpegHeightPx = 65_500;

/** The distorted pictures of the samples at `indices`, in their order and of their size. */
export async function stressPictures(
  dataset: PackedDataset,
  indices: Int32Array,
  { stress, strength }: { readonly stress: Stress; readonly strength: number },
  recompress: RecompressJpeg,
): Promise<GreyPicture[]> {
  const pictures = Array.from(indices, (i) => samplePicture(dataset, i));
  const { distort, stream } = stress;
  if (distort === 'jpeg') return recompressAll(pictures, strength, recompress);
  return pictures.map((picture, k) =>
    distort(picture, strength, createRandom(seed, stream, dataset.rows[indices[k]!]!)),
  );
}

/**
 * JPEG of many equally large pictures at once, one above the other: many times faster, and the same as one by one, since each
 * is filled up to whole blocks by its own border, as encoders do, and blocks do not depend on each other.
 */
async function recompressAll(
  pictures: readonly GreyPicture[],
  quality: number,
  recompress: RecompressJpeg,
): Promise<GreyPicture[]> {
  const { width, height } = pictures[0]!;
  const paddedHeight = Math.ceil(height / blockPx) * blockPx;
  const perStrip = Math.max(1, Math.floor(maxJpegHeightPx / paddedHeight));
  const results: GreyPicture[] = [];
  for (let start = 0; start < pictures.length; start += perStrip) {
    const strip = pictures.slice(start, start + perStrip);
    const data = new Uint8Array(strip.length * paddedHeight * width);
    strip.forEach((picture, i) => {
      data.set(crop(picture, [0, 0, width, paddedHeight]).data, i * paddedHeight * width);
    });
    const back = await recompress({ width, height: strip.length * paddedHeight, channels: 1, data }, quality);
    strip.forEach((_, i) => {
      const from = i * paddedHeight * width;
      results.push({ width, height, channels: 1, data: back.data.subarray(from, from + height * width) });
    });
  }
  return results;
}
