// `moodlens data split`: the file, what it prints, and what it refuses.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { stripes } from '../../../../../tests/fixtures/stripes.js';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { writeDataset } from '../../../../core/dataset/packed-dataset.js';
import { readSplitFile } from '../../../../core/dataset/split-file.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-split-'));
const path = (name: string) => join(root, name);
const dataset = stripes(40, 1);
const split = (...args: string[]) => runCli('data', 'split', path('data'), ...args);
const sizes = (name: string) =>
  [...readSplitFile(readFileSync(path(name), 'utf8'), dataset).sets].map(([set, indices]) => [set, indices.length]);

beforeAll(() => writeDataset(createFolderStore(path('data')), dataset));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('divides by shares, 70/20/10 by default; the same seed gives the same file', async () => {
  const made = await split('--out', path('a.json'));
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(
    /a\.json: shares of 70\/20\/10, stratified .*\nset .*also in another set\ntraining +2\d /,
  );
  expect(sizes('a.json').map(([name]) => name)).toEqual(['training', 'validation', 'test']);
  await split('--out', path('b.json'), '--seed', '1', '--shares', '70,20,10');
  expect(readFileSync(path('b.json'), 'utf8')).toBe(readFileSync(path('a.json'), 'utf8'));
  await split('--out', path('c.json'), '--seed', '2');
  expect(readFileSync(path('c.json'), 'utf8')).not.toBe(readFileSync(path('a.json'), 'utf8'));
});

it('divides into folds, and as the source did', async () => {
  await split('--out', path('folds.json'), '--folds', '4');
  expect(sizes('folds.json').map(([name]) => name)).toEqual(['fold-1', 'fold-2', 'fold-3', 'fold-4']);
  const official = JSON.parse((await split('--out', path('official.json'), '--official', '--json')).stdout);
  expect(official).toMatchObject({ seed: null, dataset: dataset.hash, method: 'the division of stripes' });
  expect(sizes('official.json')).toEqual([
    ['Training', 30],
    ['PublicTest', 10],
  ]);
});

it.each([
  [['--shares', '70/x'], /shares: two or three numbers above 0 are needed, as 70\/20\/10/],
  [['--shares', '70/20/5/5'], /shares/],
  [['--shares', '70/0'], /shares/],
  [['--folds', '1'], /folds/],
  [['--folds', '3', '--official'], /one way to divide/],
  [['--seed', '-1'], /seed/],
])('refuses %j', async (options, message) => {
  const result = await split('--out', path('x.json'), ...options);
  expect([result.code, result.stdout, existsSync(path('x.json'))]).toEqual([2, '', false]);
  expect(result.stderr).toMatch(message);
});

it('writes over a file only with --force', async () => {
  await split('--out', path('kept.json'));
  const before = readFileSync(path('kept.json'), 'utf8');
  const refused = await split('--out', path('kept.json'), '--seed', '5');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('add --force')]);
  expect(readFileSync(path('kept.json'), 'utf8')).toBe(before);
  expect((await split('--out', path('kept.json'), '--seed', '5', '--force')).code).toBe(0);
  expect(readFileSync(path('kept.json'), 'utf8')).not.toBe(before);
});
