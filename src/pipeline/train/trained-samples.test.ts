// What a model's own words about its split say of the samples it was trained on; the words are those of describeSplit.
import { describe, expect, it } from 'vitest';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { splitIndices } from '../../core/dataset/packed-dataset.js';
import { chooseSamples } from './choose-samples.js';
import { parseTrainConfig } from './config.js';
import { describeSplit } from './trained-on.js';
import { samplesTrainedOn } from './trained-samples.js';

const dataset = stripes(40, 1);

describe('samplesTrainedOn', () => {
  it.each([
    { validation: { split: 'PublicTest' } },
    { validation: { folds: 4, fold: 2 } },
    { validation: { folds: 3, fold: 0, seed: 8 }, trainingSplit: ['Training', 'PublicTest'] },
    { validation: null, trainingSplit: ['PublicTest', 'Training'] },
  ])('are those that the configuration chooses: %j', (choice) => {
    const config = parseTrainConfig({ ...choice, seed: 5 });
    const found = samplesTrainedOn(dataset, { dataset: dataset.hash, split: describeSplit(config) });
    expect(found).toEqual(chooseSamples(dataset, config).training);
  });

  it.each([
    'trained on Faces, validated on PublicTest',
    'trained on Training without fold 4 of 4 (seed 1), validated on that fold',
    'trained on Training without fold 0 of 1 (seed 1), validated on that fold',
    'trained on Training without fold 0 of 99 (seed 1), validated on that fold',
    'several: a; b',
    '',
  ])("cannot be told from '%s'", (split) => {
    expect(samplesTrainedOn(dataset, { dataset: dataset.hash, split })).toBeUndefined();
  });

  it('cannot be told for the sets of a split file', () => {
    const split = 'trained on Training, validated on PublicTest';
    expect(samplesTrainedOn(dataset, { dataset: dataset.hash, split, splitFile: 'a hash' })).toBeUndefined();
  });

  const split = 'trained on Training, validated on PublicTest';
  const first = { hash: 'x', run: 'first', architecture: 'compact', split, dataset: dataset.hash };

  it('are its own when every run whose weights it began with saw the same', () => {
    const pretrained = { ...first, earlier: [{ run: 'oldest', split, dataset: dataset.hash }] };
    const found = samplesTrainedOn(dataset, { dataset: dataset.hash, split, pretrained });
    expect(found).toEqual(samplesTrainedOn(dataset, { dataset: dataset.hash, split }));
    expect(found!.length).toBeGreaterThan(0);
  });

  it.each([
    { ...first, split: 'trained on Training and PublicTest, with no row left to validate' },
    { ...first, dataset: 'another' },
    { ...first, earlier: [{ run: 'oldest', split: 'trained on PublicTest', dataset: dataset.hash }] },
  ])('cannot be told when a run whose weights it began with may have seen others: %j', (pretrained) => {
    const origin = { dataset: dataset.hash, split };
    expect(samplesTrainedOn(dataset, { ...origin, pretrained })).toBeUndefined();
    const members = [
      { run: 'a', architecture: 'vgg', metrics: {} },
      { run: 'b', architecture: 'compact', metrics: {}, pretrained },
    ];
    expect(samplesTrainedOn(dataset, { ...origin, members })).toBeUndefined();
  });

  it('of an ensemble are those of all its members, and cannot be told when those of one cannot', () => {
    const fold = (k: number) => `trained on Training without fold ${k} of 4 (seed 1), validated on that fold`;
    const origin = { dataset: dataset.hash, split: `${fold(0)}; ${fold(1)}` };
    expect(samplesTrainedOn(dataset, origin)).toEqual(splitIndices(dataset, 'Training'));
    const strange = { dataset: dataset.hash, split: `${fold(0)}; something else` };
    expect(samplesTrainedOn(dataset, strange)).toBeUndefined();
  });

  it('cannot be told for another dataset', () => {
    const split = 'trained on Training, validated on PublicTest';
    expect(samplesTrainedOn(dataset, { dataset: 'another', split })).toBeUndefined();
  });
});
