// Subsets: as many as asked for, of the samples given, each class with its share.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stratifiedSubset } from './stratified-subset.js';

const classes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 120 });

it('takes the count from the indices, ascending, every class with its share to within one', () => {
  fc.assert(
    fc.property(classes, fc.integer({ min: 1, max: 150 }), fc.nat(), (labels, count, seed) => {
      const dataset = { classes: Uint8Array.from([9, ...labels]) };
      const indices = Int32Array.from(labels, (_, i) => i + 1);
      const subset = stratifiedSubset(dataset, indices, { count, seed });
      expect(subset.length).toBe(Math.min(count, labels.length));
      expect([...subset]).toEqual([...new Set(subset)].sort((a, b) => a - b));
      for (const i of subset) expect(indices).toContain(i);
      const share = subset.length / labels.length;
      for (let label = 0; label < 7; label++) {
        const there = labels.filter((one) => one === label).length;
        const taken = subset.filter((i) => dataset.classes[i] === label).length;
        expect(Math.abs(taken - share * there)).toBeLessThan(1);
      }
      expect(stratifiedSubset(dataset, indices, { count, seed })).toEqual(subset);
    }),
  );
});

it('draws others with another seed, and refuses a count that is none', () => {
  const dataset = { classes: new Uint8Array(500) };
  const indices = Int32Array.from(dataset.classes.keys());
  const draw = (seed: number) => stratifiedSubset(dataset, indices, { count: 50, seed });
  expect(draw(1)).not.toEqual(draw(2));
  for (const count of [0, -1, 2.5, Number.NaN]) {
    expect(() => stratifiedSubset(dataset, indices, { count, seed: 1 })).toThrow(RangeError);
  }
});
