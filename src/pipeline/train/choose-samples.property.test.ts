// What trains never validates, whatever a run asks for. The study case wrote validation rows over training rows.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { firstTwins } from '../../core/dataset/duplicates.js';
import { samplesOfSet, writeSplitFile } from '../../core/dataset/split-file.js';
import { DatasetError } from '../../core/errors.js';
import { makeSplits, parseSplitConfig } from '../data/make-splits.js';
import { chooseSamples } from './choose-samples.js';
import { parseTrainConfig } from './config.js';

const sample = fc.record({
  label: fc.integer({ min: 0, max: 6 }),
  split: fc.integer({ min: 0, max: 1 }),
  pixels: fc.nat(40),
});
const onSets = { splitFile: 'splits.json', names: 'all but the test' } as const;

interface Choice {
  readonly splitFile?: string;
  readonly trainingSplit: string | string[];
  readonly validation: { readonly split: string } | { readonly folds: number; readonly fold: number } | null;
  /** All rows that the configuration names: those of the dataset's splits, or of the file's two. */
  readonly names: 'every row' | 'all but the test' | 'a part';
}

const choices = fc.constantFrom<Choice>(
  { trainingSplit: 'Training', validation: { split: 'PublicTest' }, names: 'every row' },
  { trainingSplit: 'Training', validation: { folds: 3, fold: 1 }, names: 'a part' },
  { trainingSplit: ['Training', 'PublicTest'], validation: { folds: 2, fold: 0 }, names: 'every row' },
  { trainingSplit: ['Training', 'PublicTest'], validation: null, names: 'every row' },
  { ...onSets, trainingSplit: 'training', validation: { split: 'validation' } },
  { ...onSets, trainingSplit: ['training', 'validation'], validation: { folds: 2, fold: 1 } },
);

it('no picture is on both sides, no row is lost or changed, and the test set stays out', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 30, maxLength: 90 }), choices, fc.nat(1000), (samples, choice, seed) => {
      const dataset = smallDataset(samples);
      const pixels = dataset.pixels.slice();
      try {
        const splits = makeSplits(dataset, parseSplitConfig({ seed }));
        const { text } = writeSplitFile(dataset, splits);
        const { names, ...config } = choice;
        const chosen = chooseSamples(dataset, parseTrainConfig({ ...config, seed }), text);
        const [training, validation] = [new Set(chosen.training), new Set(chosen.validation)];
        const twins = firstTwins(dataset);
        const trained = new Set(Array.from(training, (i) => twins[i]));
        expect([...validation].some((i) => trained.has(twins[i]!))).toBe(false);
        const test = samplesOfSet(splits, 'test');
        const found = training.size + validation.size + chosen.excludedDuplicates;
        if (names === 'every row') expect(found).toBe(samples.length);
        if (names === 'all but the test') {
          expect(found).toBe(samples.length - test.length);
          expect(test.some((i) => training.has(i) || validation.has(i))).toBe(false);
        }
        expect(dataset.pixels).toEqual(pixels);
      } catch (error) {
        // Too few samples of a split.
        if (!(error instanceof DatasetError)) throw error;
      }
    }),
  );
});
