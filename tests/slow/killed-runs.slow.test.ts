// A training and searches that are killed dozens of times, at any moment, end as the unbroken ones do.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../src/core/numbers/random.js';
import {
  expectSameSearch,
  expectSameTraining,
  type KillPlace,
  searchMoments,
  trialsOf,
  tuneArguments,
} from '../fixtures/kill-runs.js';
import { builtCli, type KillWhen, runProcess } from '../fixtures/killed-cli.js';
import { importSmallFaces } from '../fixtures/small-faces.js';
import { describeWith } from '../requirements.js';

const kills = Number(process.env['MOODLENS_KILLS'] ?? 10);
const seed = Number(process.env['MOODLENS_SEED'] ?? 1);
const root = mkdtempSync(join(tmpdir(), 'moodlens-killed-'));
let data = '';
/** What a whole command takes here. */
let wholeMs = 0;
const place = (name: string): KillPlace => {
  mkdirSync(join(root, name));
  return { root: join(root, name), data };
};

/** At moments that are drawn evenly from the time that a command takes. */
function anyMoments(stream: number): KillWhen[] {
  const random = createRandom(seed, stream);
  return Array.from({ length: kills }, () => {
    const at = random.next() * wholeMs;
    return (sinceStartMs: number) => sinceStartMs >= at;
  });
}

beforeAll(async () => {
  data = await importSmallFaces(root);
  const started = performance.now();
  const { code, stderr } = await runProcess(tuneArguments(place('whole'), 'whole', { trials: 1 }));
  expect(code, stderr).toBe(0);
  wholeMs = performance.now() - started;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(builtCli, `a command that is killed ${kills} times (seed ${seed})`, () => {
  it('training goes on to the same result', () => expectSameTraining(place('train'), anyMoments(1)), 3_600_000);

  it('search loses nothing at the moments that matter', () => {
    const here = place('moments');
    return expectSameSearch(here, searchMoments(join(here.root, 'killed.journal')));
  }, 3_600_000);

  it('search loses nothing', () => expectSameSearch(place('tune'), anyMoments(2), { trials: 6 }), 3_600_000);

  it(
    'search of two trials at a time loses nothing',
    () => expectSameSearch(place('two'), anyMoments(3), { trials: 6, workers: 2 }),
    3_600_000,
  );

  it('searches that share a journal, of which some are killed, come to exactly the trials asked for', async () => {
    const here = place('shared');
    const args = tuneArguments(here, 'shared', { trials: 8 });
    const searching = async (moments: readonly KillWhen[]) => {
      for (const killWhen of moments) await runProcess(args, { killWhen });
      return runProcess(args);
    };
    const moments = anyMoments(4);
    const ended = await Promise.all([searching(moments.filter((_, i) => i % 2 === 0)), searching(moments.slice(0, 3))]);
    for (const { code, stderr } of ended) expect(code, stderr).toBe(0);
    const trials = await trialsOf(here.root, 'shared');
    expect(trials.filter(({ state }) => state !== 'failed').map(({ state }) => state)).toEqual(
      new Array(8).fill('complete'),
    );
  }, 3_600_000);
});
