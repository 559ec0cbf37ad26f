// `moodlens tune` and `moodlens study` on runs that are really trained, small ones.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';
import { createRandom } from '../../../core/numbers/random.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-tune-'));
const path = (name: string) => join(root, name);
const program = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };
const config = { architecture: 'compact', epochs: 2, batchSize: 10, threads: 1 };
const search = {
  config: 'base.json',
  space: { 'schedule.rate': { low: 0.0001, high: 0.1, log: true }, batchSize: { choices: [10, 20] } },
};
const place = ['--storage', path('s.journal')];
const tuning = (...more: string[]) => [
  ...['tune', '--data', path('data'), '--space', path('space.json'), ...place],
  ...['--study', 'small', '--out', path('runs'), ...more],
];

afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(built, 'moodlens tune', () => {
  beforeAll(async () => {
    const random = createRandom(1);
    const row = (i: number) => {
      const pixels = Array.from({ length: 2304 }, () => random.integer(256)).join(' ');
      return `${i % 7},${pixels},Training`;
    };
    writeFileSync(
      path('small.csv'),
      ['emotion,pixels,Usage', ...Array.from({ length: 35 }, (_, i) => row(i))].join('\n'),
    );
    expect((await runCli('data', 'import', path('small.csv'), '--out', path('data'))).code).toBe(0);
    writeFileSync(path('base.json'), JSON.stringify(config));
    writeFileSync(path('space.json'), JSON.stringify(search));
  });

  it('trains the trials, two at a time, and writes the best configuration', async () => {
    const { code, stdout, stderr } = await runCli(...tuning('--trials', '3', '--workers', '2', '--json'));
    expect(code, stderr).toBe(0);
    const { best, trials, direction } = JSON.parse(stdout);
    expect([trials, direction, best.state]).toEqual([3, 'maximize', 'complete']);
    const chosen = JSON.parse(readFileSync(path('runs/best.json'), 'utf8'));
    expect(chosen).toMatchObject({
      ...config,
      batchSize: best.params.batchSize,
      schedule: { rate: best.params['schedule.rate'] },
    });
    expect(readdirSync(path('runs')).sort()).toEqual(['best.json', 'trial-0000', 'trial-0001', 'trial-0002']);
    const run = JSON.parse(readFileSync(path('runs/trial-0000/config.json'), 'utf8'));
    expect(run.validation).toEqual({ folds: 5, fold: 0, seed: 1 });
  });

  it('saves on Ctrl-C, and goes on from there', async () => {
    writeFileSync(path('long.json'), JSON.stringify({ ...search, config: { ...config, epochs: 20 } }));
    const args = [
      'tune',
      '--data',
      path('data'),
      '--space',
      path('long.json'),
      ...place,
      '--study',
      'long',
      '--out',
      path('long'),
    ];
    const child = spawn(process.execPath, [program, ...args, '--trials', '1', '--pruner', 'none'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const checkpoint = path('long/trial-0000/checkpoint.bin');
    let isAsked = false;
    const watching = setInterval(() => {
      if (isAsked || !existsSync(checkpoint)) return;
      isAsked = true;
      child.kill('SIGINT');
    }, 30);
    const code = await new Promise((resolve) => child.once('close', resolve));
    clearInterval(watching);
    expect(code).toBe(130);
    const epochs = () => readFileSync(path('long/trial-0000/metrics.jsonl'), 'utf8').trim().split('\n').length;
    expect(epochs()).toBeLessThan(20);
    const resumed = await runCli(...args, '--trials', '1', '--pruner', 'none', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(JSON.parse(resumed.stdout).best).toMatchObject({ number: 1, state: 'complete' });
    expect(epochs()).toBe(20);
  });

  it('refuses another search under the same name, and what is wrong', async () => {
    writeFileSync(path('space.json'), JSON.stringify({ ...search, folds: 3 }));
    expect(await runCli(...tuning())).toMatchObject({ code: 1, stderr: expect.stringContaining('with another folds') });
    writeFileSync(path('space.json'), JSON.stringify(search));
    expect(await runCli(...tuning('--sampler', 'best'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('tpe, random'),
    });
    expect(await runCli(...tuning('--trials', '0'))).toMatchObject({ code: 2 });
    expect(await runCli('tune', '--data', path('data'))).toMatchObject({ code: 2 });
  });
});

describeWith(built, 'moodlens study', () => {
  it('lists, shows and exports', async () => {
    const list = await runCli('study', 'list', ...place, '--json');
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'small', trials: 3 }, { name: 'long' }]);
    expect((await runCli('study', 'list', ...place)).stdout).toMatch(/small +maximize +3/);
    const best = await runCli('study', 'best', ...place, '--study', 'small', '--json');
    expect(JSON.parse(best.stdout)).toMatchObject({
      state: 'complete',
      reports: [
        [1, expect.any(Number)],
        [2, expect.any(Number)],
      ],
    });
    const trials = await runCli('study', 'trials', ...place, '--study', 'small', '--json');
    expect(trials.stdout.trim().split('\n')).toHaveLength(3);
    const csv = await runCli('study', 'export', ...place, '--study', 'small');
    expect(csv.stdout.split('\r\n')[0]).toBe(
      'number,state,value,started,completed,reports,params_schedule.rate,params_batchSize',
    );
    const unnamed = await runCli('study', 'best', ...place);
    expect(unnamed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has the studies small, long; name one'),
    });
  });

  it('copies a study into another journal, once', async () => {
    const copy = [
      'study',
      'import',
      '--storage',
      path('copy.journal'),
      '--from',
      path('s.journal'),
      '--study',
      'small',
    ];
    const { code, stderr } = await runCli(...copy);
    expect([code, stderr]).toEqual([0, expect.stringContaining('3 trials copied into study small')]);
    const trials = (journal: string) => runCli('study', 'trials', '--storage', journal, '--study', 'small');
    expect((await trials(path('copy.journal'))).stdout).toBe((await trials(path('s.journal'))).stdout);
    expect(await runCli(...copy)).toMatchObject({ code: 2, stderr: expect.stringContaining('--as') });
    expect((await runCli(...copy, '--as', 'other')).code).toBe(0);
  });

  it('draws a report, and says what is not there', async () => {
    const report = ['study', 'report', ...place, '--study', 'small', '--out', path('report')];
    expect((await runCli(...report)).code).toBe(0);
    expect(readdirSync(path('report'))).toEqual(expect.arrayContaining(['report.html', 'history.svg', 'reports.svg']));
    expect((await runCli(...report)).code).toBe(2);
    expect((await runCli(...report, '--force')).code).toBe(0);
    const nothing = await runCli('study', 'list', '--storage', path('nothing'));
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('is not there') });
    expect(existsSync(path('nothing'))).toBe(false);
  });
});
