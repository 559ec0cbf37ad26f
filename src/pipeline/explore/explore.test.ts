// Exploring small datasets whose numbers are known.
import { describe, expect, it } from 'vitest';
import { createDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import type { OriginalPicture } from '../data/import-folder.js';
import { parseExploreConfig } from './config.js';
import { explore } from './explore.js';
import { countTable, describeExploration, lightTable, sizeTable } from './report/describe-exploration.js';

/** Plain pictures of 2 x 2 pixels, `[class, split, grey]` each. */
function plain(samples: readonly (readonly [label: number, split: number, grey: number])[], brokenRows = 0) {
  return createDataset({
    width: 2,
    height: 2,
    labels: ['no', 'yes', 'maybe'],
    splitNames: ['train', 'test', 'spare'],
    pixels: Uint8Array.from(samples.flatMap(([, , grey]) => [grey, grey, grey, grey])),
    classes: Uint8Array.from(samples, ([label]) => label),
    splits: Uint8Array.from(samples, ([, split]) => split),
    rows: Int32Array.from(samples.keys()),
    source: { kind: 'folder', name: 'gestures', brokenRows },
  });
}

const original = (width: number, height: number, more: Partial<OriginalPicture> = {}): OriginalPicture => ({
  name: 'x.png',
  split: 'train',
  width,
  height,
  isGrey: true,
  format: 'PNG',
  ...more,
});

describe('explore', () => {
  const samples = [
    [0, 0, 10],
    [0, 0, 30],
    [0, 0, 200],
    [1, 0, 255],
    [1, 1, 0],
  ] as const;

  it('counts and measures each class in each split that has samples', () => {
    const { splits } = explore(plain(samples));
    expect(splits.map(({ name, count }) => [name, count])).toEqual([
      ['train', 4],
      ['test', 1],
    ]);
    const [no, yes, maybe] = splits[0]!.classes;
    expect(no).toMatchObject({ label: 'no', count: 3, brightness: { n: 3, mean: 80 }, contrast: { mean: 0 } });
    expect(no!.brightness!.quantiles[2]).toBe(30);
    expect(yes).toMatchObject({ count: 1, brightness: { mean: 255 } });
    expect(maybe).toEqual({ label: 'maybe', count: 0, brightness: null, contrast: null });
  });

  it("gives histograms that hold all of a split's samples", () => {
    const [train, test] = explore(plain(samples)).splits;
    for (const counts of Object.values(train!.histograms)) expect(counts.reduce((a, b) => a + b)).toBe(4);
    expect(train!.histograms.brightness.flatMap((count, bin) => (count > 0 ? [bin] : []))).toEqual([1, 3, 25, 31]);
    expect(test!.histograms.brightness[0]).toBe(1);
  });

  it('tells of missing and of unequal classes', () => {
    expect(explore(plain(samples)).findings).toEqual([
      'No split has a sample of maybe.',
      'test has no sample of no; other splits have.',
      'In train the largest class, no (3), has 3.0 times the samples of the smallest, yes (1).',
    ]);
    expect(
      explore(
        plain([
          [0, 0, 1],
          [1, 0, 1],
          [2, 0, 1],
        ]),
      ).findings,
    ).toEqual([]);
  });

  it('sums up the sizes of a folder, the most frequent first, and says what the import does to them', () => {
    const pictures = [
      original(4, 2, { split: 'test', isGrey: false, format: 'JPEG' }),
      original(2, 2),
      original(2, 2, { split: 'test' }),
      original(1, 1),
    ];
    const exploration = explore(plain(samples), { pictures, problems: [] });
    expect(exploration.kinds).toEqual([
      { width: 2, height: 2, format: 'PNG', isGrey: true, count: 2, splits: { train: 1, test: 1 } },
      { width: 1, height: 1, format: 'PNG', isGrey: true, count: 1, splits: { train: 1 } },
      { width: 4, height: 2, format: 'JPEG', isGrey: false, count: 1, splits: { test: 1 } },
    ]);
    expect(exploration.findings.slice(-2)).toEqual([
      '1 of 4 pictures are not square; the import stretches them.',
      '1 of 4 pictures are smaller than 2 x 2; the import enlarges them.',
    ]);
    expect(sizeTable(exploration).rows[2]).toEqual(['4 x 2', 'JPEG', 'colour', '1', '0', '1']);
  });

  it('sums up the rarest sizes when there are many', () => {
    const pictures = Array.from({ length: 40 }, (_, i) => original(10 + i, 10));
    const { rows } = sizeTable(explore(plain(samples), { pictures, problems: [] }));
    expect(rows).toHaveLength(25);
    expect(rows.at(-1)).toEqual(['16 more', '', '', '16', '16', '0']);
  });
});

describe('describeExploration', () => {
  it('shows every table, with dashes for classes without samples', () => {
    const exploration = explore(
      plain(
        [
          [0, 0, 10],
          [1, 0, 30],
          [0, 1, 9],
        ],
        2,
      ),
    );
    expect(countTable(exploration).rows.at(-1)).toEqual(['all', '2', '100.0 %', '1', '100.0 %']);
    expect(lightTable(exploration, 'brightness').rows[1]).toEqual(['yes', '30.0', '30.0 to 30.0', '–', '–']);
    const text = describeExploration(exploration);
    expect(text).toMatch(/^gestures: 3 samples of 2 x 2, hash [0-9a-f]{12}\n2 broken samples were left out\.\n/);
    expect(text).toMatch(/^no +1 +50\.0 % +1 +100\.0 %$/m);
    expect(text).toMatch(/^2 x 2 +packed +grey +3 +2 +1$/m);
  });
});

describe('parseExploreConfig', () => {
  it('fills in defaults and refuses what cannot be drawn', () => {
    expect(parseExploreConfig({})).toEqual({ samples: 35, seed: 1 });
    for (const options of [{ samples: 0 }, { samples: 1.5 }, { seed: -1 }, { seed: Number.NaN }, { size: 3 }]) {
      expect(() => parseExploreConfig(options)).toThrow(ConfigError);
    }
  });
});
