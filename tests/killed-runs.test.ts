// A training and a search that are killed at the moments that matter end as the unbroken ones do.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  expectSameSearch,
  expectSameTraining,
  type KillPlace,
  searchMoments,
  trialsOf,
  tuneArguments,
} from './fixtures/kill-runs.js';
import { builtCli, runProcess } from './fixtures/killed-cli.js';
import { importSmallFaces } from './fixtures/small-faces.js';
import { describeWith } from './requirements.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-killed-'));
let data = '';
const place = (name: string): KillPlace => {
  mkdirSync(join(root, name));
  return { root: join(root, name), data };
};

beforeAll(async () => {
  data = await importSmallFaces(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(builtCli, 'a killed command', () => {
  it('training goes on to the same result', async () => {
    const here = place('train');
    const run = join(here.root, 'killed', 'run');
    await expectSameTraining(here, [
      () => existsSync(join(run, 'config.json')),
      () => existsSync(join(run, 'best.bin')),
      () => existsSync(join(run, 'metrics.jsonl')),
    ]);
  });

  it('search loses no trial, no values and nothing of what it tries first', async () => {
    const here = place('tune');
    // Its values are kept, and one is done; tests/slow/killed-runs.slow.test.ts kills at more moments.
    const [, valuesKept, , oneDone] = searchMoments(join(here.root, 'killed.journal'));
    await expectSameSearch(here, [valuesKept!, oneDone!]);
  });

  it('searches that share a journal begin no trial too many', async () => {
    const here = place('shared');
    const tune = tuneArguments(here, 'shared', { trials: 5 });
    const ended = await Promise.all([runProcess(tune), runProcess(tune)]);
    for (const { code, stderr } of ended) expect(code, stderr).toBe(0);
    const trials = await trialsOf(here.root, 'shared');
    expect(trials.map(({ state }) => state)).toEqual(new Array(5).fill('complete'));
  });
});
