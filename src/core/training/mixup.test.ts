import { expect, test } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { mixup } from './mixup.js';

function mixed(alpha: number) {
  const size = 64;
  // Picture i is even with grey i, target i is one-hot: both tell the pair and its share.
  const pixels = Float32Array.from({ length: size * 9 }, (_, i) => Math.floor(i / 9));
  const targets = Float32Array.from({ length: size * size }, (_, i) => (i % size === Math.floor(i / size) ? 1 : 0));
  mixup([pixels, targets], size, { alpha }, createRandom(4));
  const shares = Array.from({ length: size }, (_, i) => targets[i * size + i]!);
  return { size, pixels, targets, shares };
}

test('pictures and targets of a pair are blended with the same share, and the first keeps at least half', () => {
  const { size, pixels, targets, shares } = mixed(0.4);
  for (let i = 0; i < size; i++) {
    const row = targets.subarray(i * size, (i + 1) * size);
    expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const grey = row.reduce((sum, value, k) => sum + value * k, 0);
    for (let k = 0; k < 9; k++) expect(pixels[i * 9 + k]).toBeCloseTo(grey, 3);
    expect(shares[i]!).toBeGreaterThanOrEqual(0.5);
  }
  expect(new Set(shares).size).toBeGreaterThan(size / 2);
});

test('a larger alpha mixes more evenly', () => {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(mixed(5).shares)).toBeLessThan(mean(mixed(0.1).shares) - 0.1);
});
