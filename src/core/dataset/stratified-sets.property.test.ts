// Sets by shares: every sample in exactly one, classes with their shares, twins together, the seed decides.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { DatasetError } from '../errors.js';
import { firstTwins } from './duplicates.js';
import { stratifiedSets } from './stratified-sets.js';

const pixelsOf = (n: number) => Array.from({ length: 16 }, (_, i) => (i === 0 ? n % 256 : i === 1 ? n >> 8 : 0));
const shares = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 2, maxLength: 4 });
const sample = fc.record({
  label: fc.integer({ min: 0, max: 6 }),
  pixels: fc.integer({ min: 0, max: 60 }).map(pixelsOf),
});

it('puts every sample into exactly one set, and twins into the same: none can validate what was trained on', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 120 }), shares, fc.nat(), (samples, parts, seed) => {
      const dataset = smallDataset(samples);
      const twins = firstTwins(dataset);
      let sets: Int32Array[];
      try {
        sets = stratifiedSets(dataset, { shares: parts, seed });
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
        return;
      }
      // The study case copied its validation rows over training rows: there, some rows were lost and some in both.
      const all = sets.flatMap((set) => [...set]).sort((a, b) => a - b);
      expect(all).toEqual(samples.map((_, i) => i));
      const setOfPicture = new Map<number, number>();
      for (const [k, set] of sets.entries()) {
        expect(set.length).toBeGreaterThan(0);
        for (const i of set) {
          expect(setOfPicture.get(twins[i]!) ?? k).toBe(k);
          setOfPicture.set(twins[i]!, k);
        }
      }
    }),
  );
});

it('gives each class its share of each set to within one sample when no sample is twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 40, maxLength: 300 }),
      fc.constantFrom([70, 20, 10], [0.8, 0.2], [1, 1, 1], [50, 30, 20]),
      fc.nat(),
      (labels, parts, seed) => {
        const dataset = smallDataset(labels.map((label, i) => ({ label, pixels: pixelsOf(i) })));
        const total = parts.reduce((sum, part) => sum + part, 0);
        const sets = stratifiedSets(dataset, { shares: parts, seed });
        for (let label = 0; label < 7; label++) {
          const ofClass = labels.filter((other) => other === label).length;
          for (const [k, set] of sets.entries()) {
            const found = set.filter((i) => dataset.classes[i] === label).length;
            expect(Math.abs(found - (ofClass * parts[k]!) / total)).toBeLessThan(1);
          }
        }
      },
    ),
  );
});

it('gives the same sets for the same seed, others for another, and only of the given samples', () => {
  const dataset = smallDataset(Array.from({ length: 200 }, (_, i) => ({ label: i % 7, pixels: pixelsOf(i) })));
  const indices = Int32Array.from({ length: 100 }, (_, i) => 2 * i);
  const divide = (seed: number) => stratifiedSets(dataset, { shares: [70, 20, 10], seed, indices });
  expect(divide(9)).toEqual(divide(9));
  expect(divide(10)).not.toEqual(divide(9));
  // Each of the seven classes is rounded on its own.
  expect(divide(9).reduce((sum, set) => sum + set.length, 0)).toBe(100);
  expect(divide(9).every((set) => set.every((i) => i % 2 === 0))).toBe(true);
});

it('refuses shares that no samples can have', () => {
  const dataset = smallDataset([1, 2, 3].map((n) => ({ label: 0, pixels: pixelsOf(n) })));
  expect(() => stratifiedSets(dataset, { shares: [99, 1], seed: 1 })).toThrow(/none for the share 1 of 99, 1/);
  expect(() => stratifiedSets(dataset, { shares: [1, 1, 1, 1], seed: 1 })).toThrow(DatasetError);
  for (const parts of [[1], [1, 0], [1, -1], [1, Number.NaN]]) {
    expect(() => stratifiedSets(dataset, { shares: parts, seed: 1 })).toThrow(RangeError);
  }
});
