// Folds: every sample validates once, twins stay together, classes are spread evenly, the seed decides.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { DatasetError } from '../errors.js';
import { firstTwins } from './duplicates.js';
import { stratifiedFolds } from './splits.js';

const pixelsOf = (n: number) => Array.from({ length: 16 }, (_, i) => (i === 0 ? n % 256 : i === 1 ? n >> 8 : 0));
const sample = fc.record({
  label: fc.integer({ min: 0, max: 6 }),
  pixels: fc.integer({ min: 0, max: 30 }).map(pixelsOf),
});

it('puts every sample into exactly one validation, and twins into the same', () => {
  fc.assert(
    fc.property(
      fc.array(sample, { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 2, max: 5 }),
      fc.nat(),
      (samples, folds, seed) => {
        const dataset = smallDataset(samples);
        const twins = firstTwins(dataset);
        if (new Set(twins).size < folds) {
          expect(() => stratifiedFolds(dataset, { folds, seed })).toThrow(DatasetError);
          return;
        }
        const result = stratifiedFolds(dataset, { folds, seed });
        const all = result.flatMap(({ validation }) => [...validation]).sort((a, b) => a - b);
        expect(all).toEqual(samples.map((_, i) => i));
        for (const { training, validation } of result) {
          expect(training.length + validation.length).toBe(samples.length);
          const trained = new Set(Array.from(training, (i) => twins[i]));
          for (const i of validation) expect(trained.has(twins[i]!)).toBe(false);
        }
      },
    ),
  );
});

it('spreads each class evenly when no sample is twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 200 }),
      fc.nat(),
      (labels, seed) => {
        const dataset = smallDataset(labels.map((label, i) => ({ label, pixels: pixelsOf(i) })));
        const folds = stratifiedFolds(dataset, { folds: 5, seed });
        for (let label = 0; label < 7; label++) {
          const counts = folds.map(({ validation }) => validation.filter((i) => dataset.classes[i] === label).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        const sizes = folds.map(({ validation }) => validation.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(7);
      },
    ),
  );
});

it('gives the same folds for the same seed, others for another, and only of the given samples', () => {
  const dataset = smallDataset(Array.from({ length: 200 }, (_, i) => ({ label: i % 7, pixels: pixelsOf(i) })));
  const indices = Int32Array.from({ length: 100 }, (_, i) => 2 * i);
  const once = stratifiedFolds(dataset, { folds: 4, seed: 9, indices });
  expect(stratifiedFolds(dataset, { folds: 4, seed: 9, indices })).toEqual(once);
  expect(stratifiedFolds(dataset, { folds: 4, seed: 10, indices })).not.toEqual(once);
  for (const { training, validation } of once)
    expect([...training, ...validation].every((i) => i % 2 === 0)).toBe(true);
  expect(() => stratifiedFolds(dataset, { folds: 1, seed: 0 })).toThrow(RangeError);
});
