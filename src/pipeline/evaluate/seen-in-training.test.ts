import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../train/config.js';
import { describeSplit } from '../train/write-model.js';
import { seenInTraining } from './seen-in-training.js';

const data = { hash: 'd' };
const trained = (config: Record<string, unknown>) => ({ split: describeSplit(parseTrainConfig(config)), dataset: 'd' });
const fold = (number: number, seed = 1) => ({
  split: `Training, fold ${number} of 4 (seed ${seed})`,
  fold: `fold ${number} of 4 (seed ${seed})`,
});
const whole = (split: string) => ({ split });

describe('seenInTraining', () => {
  const onSplit = trained({ validation: { split: 'PublicTest' } });
  const onFolds = trained({ validation: { folds: 4, fold: 2 }, seed: 1 });

  it('knows the training split, whatever its case, and no other', () => {
    expect(seenInTraining(onSplit, whole('Training'), data)).toBe(true);
    expect(seenInTraining(onSplit, whole('training'), data)).toBe(true);
    for (const split of ['PublicTest', 'PrivateTest', 'Train', 'Training 2']) {
      expect(seenInTraining(onSplit, whole(split), data)).toBe(false);
    }
  });

  it('takes only the fold that was left out, of the same seed and data', () => {
    expect(seenInTraining(onFolds, fold(2), data)).toBe(false);
    expect(seenInTraining(onFolds, fold(1), data)).toBe(true);
    expect(seenInTraining(onFolds, fold(2, 7), data)).toBe(true);
    expect(seenInTraining(onFolds, fold(2), { hash: 'other' })).toBe(true);
    expect(seenInTraining(onFolds, whole('Training'), data)).toBe(true);
    expect(seenInTraining(onSplit, fold(2), data)).toBe(true);
  });

  it('asks every member of an ensemble', () => {
    const split = `${onFolds.split}; ${trained({ trainingSplit: 'Mine' }).split}`;
    expect(seenInTraining({ split, dataset: 'd' }, whole('Mine'), data)).toBe(true);
    expect(seenInTraining({ split, dataset: 'd' }, fold(2), data)).toBe(false);
    expect(seenInTraining({ split, dataset: 'd' }, whole('PublicTest'), data)).toBe(false);
  });
});
