// Perceptual hashes: the signs of a picture's lowest frequencies, which re-encoding, resizing and changes of light hardly change.
import type { PixelSamples } from '../duplicates.js';

/** Bits of a hash, and the 32-bit words that hold them. */
export const hashBits = 128;
export const hashWords = hashBits / 32;

/** Highest frequency on either axis that the bits use. */
const frequencies = 16;

/** The frequencies `[vertical, horizontal]` of the bits: lowest sums first, the mean left out. */
const order = Array.from(
  { length: frequencies ** 2 },
  (_, i) => [Math.floor(i / frequencies), i % frequencies] as const,
)
  .sort((a, b) => a[0] + a[1] - (b[0] + b[1]) || a[0] - b[0])
  .slice(1, 1 + hashBits);

/**
 * The hashes of the samples at `indices`, `[indices, hashWords]`: bit k is the sign of the k-th lowest frequency of the
 * discrete cosine transform, as in pHash (Zauner 2010), which cuts 64 of them at their median; docs/experiments/audit.md, 'Which hash' compares both.
 */
export function perceptualHashes(samples: PixelSamples, indices: Int32Array): Uint32Array {
  const { width, height, pixels } = samples;
  const across = cosines(width);
  const down = cosines(height);
  const rows = new Float64Array(height * frequencies);
  const hashes = new Uint32Array(indices.length * hashWords);
  indices.forEach((index, i) => {
    transformRows(pixels, index * width * height, across, rows);
    order.forEach(([u, v], bit) => {
      let sum = 0;
      for (let y = 0; y < height; y++) sum += down[u * height + y]! * rows[y * frequencies + v]!;
      if (sum > 0) hashes[i * hashWords + (bit >> 5)]! |= 1 << (bit & 31);
    });
  });
  return hashes;
}

/** Bits that carry information for pictures of this size: all from 16 x 16 pixels upwards. */
export function usefulBits({ width, height }: { readonly width: number; readonly height: number }): number {
  return order.filter(([u, v]) => u < height && v < width).length;
}

/** The hashes of the mirrored pictures: mirroring inverts the signs of the odd horizontal frequencies. */
export function mirrorHashes(hashes: Uint32Array): Uint32Array {
  const odd = new Uint32Array(hashWords);
  order.forEach(([, v], bit) => {
    if (v % 2 === 1) odd[bit >> 5]! |= 1 << (bit & 31);
  });
  return hashes.map((word, i) => word ^ odd[i % hashWords]!);
}

/** `[frequencies, size]`; frequencies that so few pixels cannot hold are zero. */
function cosines(size: number): Float64Array {
  const table = new Float64Array(frequencies * size);
  for (let k = 0; k < Math.min(frequencies, size); k++) {
    for (let x = 0; x < size; x++) table[k * size + x] = Math.cos((Math.PI * k * (2 * x + 1)) / (2 * size));
  }
  return table;
}

/** The transformed rows of the picture at `start`: `[height, frequencies]`. */
function transformRows(pixels: Uint8Array, start: number, across: Float64Array, out: Float64Array): void {
  const width = across.length / frequencies;
  const height = out.length / frequencies;
  for (let y = 0; y < height; y++) {
    const from = start + y * width;
    for (let v = 0; v < frequencies; v++) {
      let sum = 0;
      for (let x = 0, c = v * width; x < width; x++, c++) sum += across[c]! * pixels[from + x]!;
      out[y * frequencies + v] = sum;
    }
  }
}
