import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../train/config.js';
import { describeSplit } from '../train/trained-on.js';
import { seenByName } from './seen-in-training.js';

const data = { hash: 'd' };
const trained = (config: Record<string, unknown>) => ({ split: describeSplit(parseTrainConfig(config)), dataset: 'd' });
const fold = (number: number, seed = 1) => ({
  split: `Training, fold ${number} of 4 (seed ${seed})`,
  fold: `fold ${number} of 4 (seed ${seed})`,
});
const whole = (split: string) => ({ split });

describe('seenByName', () => {
  const onSplit = trained({ validation: { split: 'PublicTest' } });
  const onFolds = trained({ validation: { folds: 4, fold: 2 }, seed: 1 });

  it('knows the training split, whatever its case, and no other', () => {
    expect(seenByName(onSplit, whole('Training'), data)).toBe(true);
    expect(seenByName(onSplit, whole('training'), data)).toBe(true);
    for (const split of ['PublicTest', 'PrivateTest', 'Train', 'Training 2']) {
      expect(seenByName(onSplit, whole(split), data)).toBe(false);
    }
  });

  it('takes only the fold that was left out, of the same seed and data', () => {
    expect(seenByName(onFolds, fold(2), data)).toBe(false);
    expect(seenByName(onFolds, fold(1), data)).toBe(true);
    expect(seenByName(onFolds, fold(2, 7), data)).toBe(true);
    expect(seenByName(onFolds, fold(2), { hash: 'other' })).toBe(true);
    expect(seenByName(onFolds, whole('Training'), data)).toBe(true);
    expect(seenByName(onSplit, fold(2), data)).toBe(true);
  });

  it('takes each of several splits', () => {
    const both = trained({ trainingSplit: ['Training', 'PublicTest'], validation: null });
    expect(seenByName(both, whole('PublicTest'), data)).toBe(true);
    expect(seenByName(both, whole('PrivateTest'), data)).toBe(false);
  });

  it('cannot tell between a split file and the splits of the dataset, or another file', () => {
    const onFile = { ...trained({ splitFile: 's.json', validation: { split: 'validation' } }), splitFile: 'h' };
    expect(seenByName(onFile, whole('Training'), data)).toBeNull();
    expect(seenByName(onFile, { split: 'Training', splitFile: 'other' }, data)).toBeNull();
    expect(seenByName(onFile, { split: 'Training', splitFile: 'h' }, data)).toBe(true);
    expect(seenByName(onFile, { split: 'validation', splitFile: 'h' }, data)).toBe(false);
    expect(seenByName(onSplit, { split: 'validation', splitFile: 'h' }, data)).toBeNull();
  });

  it('asks every member of an ensemble', () => {
    const split = `${onFolds.split}; ${trained({ trainingSplit: 'Mine' }).split}`;
    expect(seenByName({ split, dataset: 'd' }, whole('Mine'), data)).toBe(true);
    expect(seenByName({ split, dataset: 'd' }, fold(2), data)).toBe(false);
    expect(seenByName({ split, dataset: 'd' }, whole('PublicTest'), data)).toBe(false);
  });
});
