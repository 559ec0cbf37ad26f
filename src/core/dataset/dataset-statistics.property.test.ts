// Brightness, contrast, mean faces and class counts, beside their definitions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classCounts } from './class-counts.js';
import { lightStatistics } from './light-statistics.js';
import { meanFace } from './mean-face.js';

const samples = fc
  .record({
    width: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 5 }),
    count: fc.integer({ min: 1, max: 6 }),
  })
  .chain(({ width, height, count }) =>
    fc
      .uint8Array({ minLength: width * height * count, maxLength: width * height * count })
      .map((pixels) => ({ width, height, count, pixels })),
  );

describe('lightStatistics', () => {
  it('is the mean and the standard deviation of the pixels', () => {
    fc.assert(
      fc.property(samples, (dataset) => {
        const size = dataset.width * dataset.height;
        const { brightness, contrast } = lightStatistics(dataset);
        for (let i = 0; i < dataset.count; i++) {
          const pixels = [...dataset.pixels.subarray(i * size, (i + 1) * size)];
          const mean = pixels.reduce((sum, value) => sum + value, 0) / size;
          const variance = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
          expect(brightness[i]).toBeCloseTo(mean, 10);
          expect(contrast[i]).toBeCloseTo(Math.sqrt(variance), 9);
        }
      }),
    );
  });

  it('finds no contrast at all in a plain picture, and the most in one half black, half white', () => {
    const pixels = Uint8Array.of(77, 77, 77, 77, 0, 255, 255, 0);
    const { brightness, contrast } = lightStatistics({ width: 2, height: 2, count: 2, pixels });
    expect([...brightness, ...contrast]).toEqual([77, 127.5, 0, 127.5]);
  });
});

describe('meanFace', () => {
  it('lies between the darkest and the lightest pixel, and keeps equal pictures as they are', () => {
    fc.assert(
      fc.property(samples, (dataset) => {
        const size = dataset.width * dataset.height;
        const all = Array.from({ length: dataset.count }, (_, i) => i);
        meanFace(dataset, all).data.forEach((value, p) => {
          const column = all.map((i) => dataset.pixels[i * size + p]!);
          expect(value).toBeGreaterThanOrEqual(Math.min(...column));
          expect(value).toBeLessThanOrEqual(Math.max(...column));
          expect(Math.abs(value - column.reduce((sum, one) => sum + one, 0) / dataset.count)).toBeLessThanOrEqual(0.5);
        });
        expect([...meanFace(dataset, [0, 0, 0]).data]).toEqual([...dataset.pixels.subarray(0, size)]);
      }),
    );
  });

  it('needs samples that are there', () => {
    const dataset = { width: 1, height: 1, count: 1, pixels: Uint8Array.of(3) };
    expect(() => meanFace(dataset, [])).toThrow(/found none/);
    expect(() => meanFace(dataset, [1])).toThrow(/not in 0\.\.0/);
  });
});

describe('classCounts', () => {
  it('counts every sample once, in its split and class', () => {
    const sample = fc.record({ label: fc.nat(3), split: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(sample), (list) => {
        const counts = classCounts({
          labels: ['a', 'b', 'c', 'd'],
          splitNames: ['x', 'y', 'z'],
          classes: Uint8Array.from(list, ({ label }) => label),
          splits: Uint8Array.from(list, ({ split }) => split),
        });
        counts.forEach((row, split) => {
          row.forEach((count, label) => {
            expect(count).toBe(list.filter((one) => one.split === split && one.label === label).length);
          });
        });
        expect(counts.map((row) => row.length)).toEqual([4, 4, 4]);
      }),
    );
  });
});
