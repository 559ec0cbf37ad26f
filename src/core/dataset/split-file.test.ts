// Split files: what is written is read, and nothing else is.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { DatasetError } from '../errors.js';
import { decodeRanges, encodeRanges } from './index-ranges.js';
import { readSplitFile, type Splits, samplesOfSet, writeSplitFile } from './split-file.js';

const dataset = smallDataset(Array.from({ length: 20 }, (_, i) => ({ label: i % 7, pixels: i })));
const sets = new Map([
  ['training', Int32Array.of(0, 1, 2, 3, 7, 9, 10, 19)],
  ['validation', Int32Array.of(4, 5)],
]);
const plan: Omit<Splits, 'hash'> = { method: 'by hand', seed: null, sets };
const { text, hash } = writeSplitFile(dataset, plan);

describe('a split file', () => {
  it('is read as it was written, names without regard to case, and holds stretches', () => {
    expect(readSplitFile(text, dataset)).toEqual({ ...plan, hash });
    expect(text).toContain('"training": "0-3,7,9-10,19"');
    expect(samplesOfSet({ sets }, 'Validation')).toEqual(Int32Array.of(4, 5));
    expect(() => samplesOfSet({ sets }, 'test')).toThrow(/one of training, validation and is 'test'/);
  });

  it('has a hash of its content', () => {
    expect(writeSplitFile(dataset, plan).hash).toBe(hash);
    expect(writeSplitFile(dataset, { ...plan, seed: 1 }).hash).not.toBe(hash);
    expect(writeSplitFile({ ...dataset, hash: 'f'.repeat(64) }, plan).hash).not.toBe(hash);
    const moved = new Map([...sets, ['validation', Int32Array.of(4, 6)]]);
    expect(writeSplitFile(dataset, { ...plan, sets: moved }).hash).not.toBe(hash);
  });

  it.each([
    ['what is no JSON', 'x', /must be JSON/],
    ['another file', '{"format":"moodlens-dataset"}', /as 'moodlens data split' writes it/],
    ['a changed set', text.replace('"4-5"', '"4-6"'), /was changed or damaged/],
    ['a changed method', text.replace('by hand', 'by luck'), /was changed or damaged/],
  ])('is not %s', (_, file, message) => {
    expect(() => readSplitFile(file, dataset)).toThrow(DatasetError);
    expect(() => readSplitFile(file, dataset)).toThrow(message);
  });

  it('is only for its own dataset', () => {
    const other = smallDataset(Array.from({ length: 20 }, (_, i) => ({ label: i % 7, pixels: i + 1 })));
    expect(() => readSplitFile(text, other)).toThrow(/must be of the dataset it is used with/);
  });

  // Whole files with a hash of their own, as another program may write them.
  it.each([
    ['indices out of range', { a: [3, 20], b: [1] }, /20 is not below 20/],
    ['indices that do not ascend', { a: [3, 2], b: [1] }, /2 does not ascend/],
  ])('must not hold %s', (_, wrong: Record<string, number[]>, message) => {
    const larger = { ...dataset, count: 30 };
    const asked = new Map(Object.entries(wrong).map(([name, indices]) => [name, Int32Array.from(indices)]));
    const file = writeSplitFile({ ...larger, count: 20 }, { ...plan, sets: asked }).text;
    expect(() => readSplitFile(file, dataset)).toThrow(message);
  });

  it.each([
    ['no set', {}, /has none/],
    ['an empty set', { a: [1], b: [] }, /'b' is empty/],
    ['a sample in two sets, as the study case had', { a: [1, 2], b: [2, 3] }, /2 is in 'a' and in 'b'/],
    ['a name twice', { a: [1], A: [2] }, /'A' twice/],
  ])('must not have %s', (_, wrong: Record<string, number[]>, message) => {
    const asked = new Map(Object.entries(wrong).map(([name, indices]) => [name, Int32Array.from(indices)]));
    expect(() => writeSplitFile(dataset, { ...plan, sets: asked })).toThrow(message);
  });
});

test('ranges: any ascending numbers come back, and no text gives anything but ascending numbers below the limit', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500), { maxLength: 200 }), (numbers) => {
      const ascending = Int32Array.from(numbers).sort();
      expect(decodeRanges(encodeRanges(ascending), 501)).toEqual(ascending);
    }),
  );
  const text = fc.stringMatching(/^[0-9,-]{0,30}$/);
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 100 }), (ranges, limit) => {
      const found = decodeRanges(ranges, limit);
      if ('fault' in found) return;
      expect(found.every((n, i) => n < limit && (i === 0 || n > found[i - 1]!))).toBe(true);
    }),
  );
});
