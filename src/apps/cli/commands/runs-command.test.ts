// `moodlens runs` on runs that were really trained, and on folders that are none.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';
import { createRandom } from '../../../core/numbers/random.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-runs-'));
const path = (name: string) => join(root, name);
const program = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };

afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(built, 'moodlens runs', () => {
  beforeAll(async () => {
    const random = createRandom(1);
    const row = (i: number) => {
      const pixels = Array.from({ length: 2304 }, () => random.integer(256)).join(' ');
      return `${i % 7},${pixels},${i < 20 ? 'Training' : 'PublicTest'}`;
    };
    writeFileSync(
      path('small.csv'),
      ['emotion,pixels,Usage', ...Array.from({ length: 30 }, (_, i) => row(i))].join('\n'),
    );
    expect((await runCli('data', 'import', path('small.csv'), '--out', path('data'))).code).toBe(0);
    const schedule = { name: 'constant', rate: 0.001 };
    const settings = { architecture: 'reference', epochs: 2, batchSize: 10, threads: 1, schedule };
    writeFileSync(path('config.json'), JSON.stringify(settings));
    for (const [name, seed] of [
      ['first', '1'],
      ['group/second', '2'],
    ] as const) {
      const train = ['train', '--data', path('data'), '--config', path('config.json'), '--seed', seed];
      const { code, stderr } = await runCli(...train, '--out', path(`runs/${name}`));
      expect(code, stderr).toBe(0);
    }
    mkdirSync(path('runs/notes'));
    mkdirSync(path('runs/broken'));
    writeFileSync(path('runs/broken/run.json'), '{');
  });

  it('lists trained runs, also one level deeper, and names what is none', async () => {
    const { code, stdout } = await runCli('runs', 'list', path('runs'), '--json');
    expect(code).toBe(0);
    const list = JSON.parse(stdout);
    expect(list.runs).toMatchObject([
      { name: 'first', architecture: 'reference', state: 'finished', epochs: { done: 2, total: 2 }, kept: { n: 10 } },
      { name: 'group/second', state: 'finished' },
    ]);
    expect(list.runs[0].imagesPerSecond).toBeGreaterThan(0);
    expect(list.skipped).toMatchObject([
      { name: 'broken', kind: 'damaged' },
      { name: 'notes', kind: 'foreign' },
    ]);
    const text = await runCli('runs', 'list', path('runs'));
    expect(text.stdout).toMatch(/first +reference .* 2\/2 +finished .*n = 10/);
  });

  it('takes a run folder itself', async () => {
    const { stdout } = await runCli('runs', 'list', path('runs/first'), '--json');
    expect(JSON.parse(stdout).runs).toMatchObject([{ name: 'first' }]);
  });

  it('compares, on the terminal, as JSON and as a page', async () => {
    const both = [path('runs/first'), path('runs/group/second')];
    const text = await runCli('runs', 'compare', ...both);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^seed +1 +2$/m);
    const out = path('out/report.html');
    const { code, stdout, stderr } = await runCli('runs', 'compare', ...both, '--json', '--out', out);
    expect([code, stderr]).toEqual([0, `${out} written\n`]);
    const comparison = JSON.parse(stdout);
    expect(comparison.differences).toContainEqual({ key: 'seed', values: [1, 2] });
    expect(comparison.runs[1].history).toHaveLength(2);
    expect(readFileSync(out, 'utf8')).toContain('second');
  });

  it('leaves out, with a word, what a glob names besides the runs', async () => {
    const best = path('runs/best.json');
    writeFileSync(best, '{}');
    const globbed = ['best.json', 'broken', 'first', 'group/second', 'notes'].map((name) => path(`runs/${name}`));
    const { code, stdout, stderr } = await runCli('runs', 'compare', ...globbed, '--json');
    rmSync(best);
    expect(code, stderr).toBe(0);
    const { runs, skipped } = JSON.parse(stdout);
    expect(runs.map(({ name }: { name: string }) => name)).toEqual(['first', 'second']);
    expect(skipped).toMatchObject([
      { name: best, kind: 'foreign' },
      { name: path('runs/broken'), kind: 'damaged' },
      { name: path('runs/notes'), kind: 'foreign' },
    ]);
    expect(stderr).toMatch(/^left out: .*best\.json: it is a file, not a run folder$/m);
    expect(stderr).toMatch(/^left out: .*broken: .*config\.json/m);
    const alone = await runCli('runs', 'compare', path('runs/first'), path('runs/notes'));
    expect([alone.code, alone.stderr]).toEqual([
      2,
      expect.stringMatching(/of the 2 that are named 1 can be read:\n.*notes/),
    ]);
  });

  it.each([
    [['list', path('nothing')], /nothing is none/],
    [['compare', path('runs/first')], /two or more runs/],
    [['compare', path('runs/first'), path('nothing')], /nothing is none/],
    [['compare'], /missing required argument/],
  ])('takes %j for wrong use', async (args, says) => {
    const { code, stdout, stderr } = await runCli('runs', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });

  it('does not compare a damaged run, and says what is wrong with it', async () => {
    const { code, stdout, stderr } = await runCli('runs', 'compare', path('runs/first'), path('runs/broken'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/broken cannot be compared: .*config\.json/);
  });
});
