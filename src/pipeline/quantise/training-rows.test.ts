// What a model's metadata says it was trained on, as rows: the same that its run chose.
import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { writeSplitFile } from '../../core/dataset/split-file.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { chooseSamples } from '../train/choose-samples.js';
import { parseTrainConfig } from '../train/config.js';
import { describeSplit } from '../train/trained-on.js';
import { trainingRowsOf } from './training-rows.js';

// Some pictures of PublicTest are those of Training again.
const dataset = smallDataset(
  Array.from({ length: 40 }, (_, i) => ({ label: i % 3, split: i < 28 ? 0 : 1, pixels: i < 34 ? i : i - 34 })),
);
const fileOf = (...sizes: readonly number[]) => {
  const names = ['training', 'validation', 'rest'];
  const starts = sizes.map((_, k) => sizes.slice(0, k).reduce((sum, size) => sum + size, 0));
  const sets = new Map(
    sizes.map((size, k) => [names[k]!, Int32Array.from({ length: size }, (_, i) => starts[k]! + i)]),
  );
  return writeSplitFile(dataset, { method: 'by hand', seed: null, sets });
};
const { text, hash } = fileOf(20, 14, 6);
const origin = (config: object, more: object = {}) => ({
  ...{ split: describeSplit(parseTrainConfig(config)), dataset: dataset.hash },
  ...more,
});

describe('trainingRowsOf', () => {
  it.each([
    { validation: { split: 'PublicTest' } },
    { validation: { split: 'Training' }, trainingSplit: 'PublicTest' },
    { validation: { folds: 4, fold: 2 }, seed: 5 },
    { trainingSplit: ['Training', 'PublicTest'], validation: { folds: 3, fold: 0, seed: 8 } },
    { trainingSplit: ['PublicTest', 'Training'], validation: null },
    { splitFile: 's.json', trainingSplit: 'training', validation: { split: 'validation' } },
    { splitFile: 's.json', trainingSplit: ['training', 'validation'], validation: { folds: 2, fold: 1 } },
    { splitFile: 's.json', trainingSplit: ['rest', 'training'], validation: null },
  ])('gives the rows that a run of %j chose', (config) => {
    const own = chooseSamples(dataset, parseTrainConfig(config), text).training;
    const given = 'splitFile' in config ? { splitFile: hash } : {};
    expect(trainingRowsOf(dataset, origin(config, given), text)).toEqual(own.slice().sort());
  });

  it('leaves out what a validation picture repeats', () => {
    expect(trainingRowsOf(dataset, origin({ validation: { split: 'PublicTest' } }))).toHaveLength(22);
  });

  it("takes all that an ensemble's members were trained on", () => {
    const [first, second] = [0, 1].map((fold) => origin({ validation: { folds: 2, fold } }));
    const split = `${first!.split}; ${second!.split}`;
    expect(trainingRowsOf(dataset, { split, dataset: dataset.hash })).toEqual(
      Int32Array.from({ length: 28 }, (_, i) => i),
    );
  });

  it('takes the training split for a model of other data or unknown origin, and none where there is none', () => {
    const whole = Int32Array.from({ length: 28 }, (_, i) => i);
    const elsewhere = { ...origin({ trainingSplit: 'PublicTest', validation: null }), dataset: 'other' };
    expect(trainingRowsOf(dataset, elsewhere)).toEqual(whole);
    expect(trainingRowsOf(dataset, { split: 'somehow', dataset: dataset.hash })).toEqual(whole);
    expect(trainingRowsOf(dataset, elsewhere, text)).toEqual(whole.slice(0, 20));
    const unnamed = smallDataset([{ label: 1, split: 1, pixels: 3 }]);
    expect(trainingRowsOf(unnamed, elsewhere)).toHaveLength(0);
  });

  it('refuses to guess the sets of a split file', () => {
    const ofFile = origin({ splitFile: 's.json', validation: { split: 'validation' } }, { splitFile: hash });
    expect(() => trainingRowsOf(dataset, ofFile)).toThrow(ConfigError);
    expect(() => trainingRowsOf(dataset, ofFile)).toThrow(
      `(the hash of the file is ${hash.slice(0, 12)}…); name that file with --split-file`,
    );
    expect(() => trainingRowsOf(dataset, ofFile, fileOf(10, 10).text)).toThrow(ConfigError);
    expect(() => trainingRowsOf(dataset, { ...ofFile, splitFile: undefined }, text)).toThrow(ConfigError);
    expect(() => trainingRowsOf(dataset, ofFile, '{}')).toThrow(DatasetError);
  });
});
