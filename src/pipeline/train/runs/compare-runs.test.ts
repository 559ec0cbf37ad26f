import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../tests/fixtures/memory-store.js';
import { type RunSketch, runFilesOf } from '../../../../tests/fixtures/run-files.js';
import { compareRuns } from './compare-runs.js';
import { comparisonReport } from './report/comparison-report.js';
import { describeComparison } from './report/describe-runs.js';
import { readRunRecord } from './run-record.js';

const record = (name: string, sketch: RunSketch) => {
  const files = Object.entries(runFilesOf(sketch)).map(
    ([file, text]) => [file, new TextEncoder().encode(text)] as const,
  );
  return readRunRecord({ name, store: createMemoryStore(new Map(files)) });
};

const base: RunSketch = {
  config: {
    schedule: { name: 'one-cycle', rate: 0.05 },
    augmentation: { zoom: [0.9, 1.1] },
    validation: { split: 'P' },
  },
  epochs: [
    [1.4, 0.5],
    [1.1, 0.6],
  ],
};

describe('compareRuns', () => {
  it('shows the settings that differ, by path, and only those', async () => {
    const other = {
      ...base,
      config: { ...base.config, schedule: { name: 'one-cycle', rate: 0.1 }, augmentation: null, mixup: 0.2 },
      facts: { starts: [{ at: '2026-03-01T10:00:00Z', moodlens: '0.2.0', revision: null }] },
    };
    const { differences } = compareRuns([await record('a', base), await record('b', other)]);
    expect(differences).toEqual([
      { key: 'schedule.rate', values: [0.05, 0.1] },
      { key: 'augmentation.zoom', values: ['[0.9,1.1]', null] },
      { key: 'mixup', values: [null, 0.2] },
      { key: 'moodlens', values: [null, '0.2.0'] },
    ]);
    const same = compareRuns([await record('a', base), await record('b', base)]);
    expect(same.differences).toEqual([]);
    expect(describeComparison(same)).toMatch(/what differs .*\n *nothing/);
  });

  it('says whether n can tell the accuracies apart', async () => {
    const better = {
      ...base,
      epochs: [
        [1.4, 0.5],
        [1.0, 0.65],
      ],
    } as const;
    const many = { validationSamples: 3589 };
    const few = compareRuns([await record('a', base), await record('b', better)]);
    expect(few.accuracy[0]).toMatchObject({ run: 'b', against: 'a', n: [100, 100], distinguishable: false });
    expect(describeComparison(few)).toMatch(
      /\+5\.0 points, 95 % interval −8\.3 to \+18\.1, n = 100 each: these n cannot tell/,
    );
    const enough = compareRuns([
      await record('a', { ...base, facts: many }),
      await record('b', { ...better, facts: many }),
    ]);
    expect(enough.accuracy[0]).toMatchObject({ distinguishable: true, sameSamples: true });
    expect(describeComparison(enough)).toContain('n = 3,589 each: b is better');
  });

  it.each<[string, RunSketch, boolean]>([
    ['other data', { facts: { dataset: 'd2' } }, false],
    ['another split', { config: { ...base.config, validation: { split: 'Q' } } }, false],
    ['another seed with the same split', { config: { ...base.config, seed: 2 } }, true],
  ])('notices %s', async (_, changes, sameSamples) => {
    const { accuracy } = compareRuns([await record('a', base), await record('b', { ...base, ...changes })]);
    expect(accuracy[0]!.sameSamples).toBe(sameSamples);
  });

  it('notices that folds of another seed are other samples', async () => {
    const fold = (seed: number) => ({ ...base, config: { ...base.config, validation: { folds: 5, fold: 0 }, seed } });
    const { accuracy } = compareRuns([await record('a', fold(1)), await record('b', fold(2))]);
    expect(accuracy[0]!.sameSamples).toBe(false);
    const named = { ...base, config: { ...base.config, validation: { fold: 0, folds: 5, seed: 1 }, seed: 2 } };
    expect(compareRuns([await record('a', fold(1)), await record('b', named)]).accuracy[0]!.sameSamples).toBe(true);
  });

  it('measures all against the first, and leaves out runs without an epoch', async () => {
    const runs = [await record('a', base), await record('b', { config: base.config! }), await record('c', base)];
    const comparison = compareRuns(runs);
    expect(comparison.accuracy.map(({ run, against }) => [run, against])).toEqual([['c', 'a']]);
    expect(describeComparison(comparison)).toContain('no epoch yet');
  });
});

describe('comparisonReport', () => {
  const page = async () =>
    comparisonReport(
      compareRuns([await record('<b>&"', base), await record('second', base), await record('empty', {})]),
    );

  it('holds its charts in light and dark, and loads nothing', async () => {
    const html = await page();
    expect(html.match(/<div class="light chart"/g)).toHaveLength(3);
    expect(html.match(/<div class="dark chart"/g)).toHaveLength(3);
    expect(html).toContain('prefers-color-scheme:dark');
    const addresses = [...html.matchAll(/(?:https?:)?\/\/[\w.-]+[^"'\s<]*/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\((?!#)/i);
  });

  it('draws a point for every epoch of each run', async () => {
    const html = await page();
    // Loss: two solid and two dashed lines; a point of a line is in its path.
    const [loss] = html.split('<div class="dark chart"');
    const dashed = [...loss!.matchAll(/<path d="([^"]+)"[^>]*stroke-dasharray/g)];
    expect(dashed).toHaveLength(2);
    for (const [, path] of dashed) expect(path!.match(/[ML]/g)).toHaveLength(2);
    for (const label of ['epoch', '60 %', '0.05']) expect(html).toContain(label);
  });

  it('escapes the names of runs', async () => {
    const html = await page();
    expect(html).not.toContain('<b>&');
    expect(html).toContain('&lt;b&gt;&amp;&quot;');
  });
});
