// `moodlens ensemble`, and `moodlens train` with the configuration of one.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { stripes } from '../../../../tests/fixtures/stripes.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';
import { createFolderStore } from '../../../adapters/node/files.js';
import { writeDataset } from '../../../core/dataset/packed-dataset.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-ensemble-'));
const path = (...names: string[]) => join(root, ...names);

beforeAll(async () => {
  for (const run of ['a', 'b']) {
    mkdirSync(path(run));
    writeFileSync(path(run, 'model.onnx'), tinyExpressionModel({ metadata: { run } }));
  }
  writeFileSync(path('c.onnx'), tinyExpressionModel({ metadata: { run: 'c' }, sharpness: 9 }));
  writeFileSync(path('other.onnx'), tinyExpressionModel({ labels: ['no', 'yes'] }));
  await writeDataset(createFolderStore(path('data')), stripes(40, 1));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('moodlens ensemble', () => {
  it('merges run folders and files into a model that the other commands take', async () => {
    const out = path('merged.onnx');
    const merged = await runCli('ensemble', path('a'), path('b'), path('c.onnx'), '--out', out, '--json');
    expect(merged.code).toBe(0);
    expect(JSON.parse(merged.stdout)).toMatchObject({ file: out, run: 'a + b + c', embedding: 3, parameters: 3 });
    const again = await runCli('ensemble', path('a'), path('c.onnx'), '--out', path('two.onnx'));
    expect(again.stdout).toMatch(/two\.onnx: the mean of 2 models, 2 parameters/);
  });

  it.each([
    [['a'], 2, /two or more models/],
    [['a', 'missing'], 2, /missing cannot be read/],
    [['a', 'other.onnx'], 2, /the same classes/],
    [['a', 'data/pixels.bin'], 1, /not an ONNX model|pixels\.bin/],
    [['a', 'merged.onnx'], 2, /merged\.onnx is an ensemble of a, b, c/],
  ])('refuses %j', async (names, code, message) => {
    const result = await runCli('ensemble', ...names.map((name) => path(name)), '--out', path('x.onnx'));
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toMatch(message);
    expect(existsSync(path('x.onnx'))).toBe(false);
  });

  it('does not write over a member', async () => {
    const before = readFileSync(path('c.onnx'));
    const result = await runCli('ensemble', path('a'), path('c.onnx'), '--out', path('c.onnx'));
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('another file than the members')]);
    expect(readFileSync(path('c.onnx')).equals(before)).toBe(true);
  });
});

const program = join(repositoryRoot, 'dist/adapters/node/training/engine-thread.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };
describeWith(built, 'moodlens train with an ensemble', () => {
  const config = { epochs: 1, batchSize: 10, threads: 1, ensemble: [{ seed: 1 }, { seed: 2 }] };

  it('trains the members and merges them; again, it finds all done', async () => {
    writeFileSync(path('config.json'), JSON.stringify(config));
    const data = ['--data', path('data')];
    const trained = await runCli('train', ...data, '--config', path('config.json'), '--out', path('both'));
    expect([trained.code, trained.stdout]).toEqual([0, expect.stringContaining('the mean of 2 models')]);
    expect(trained.stderr).toContain('member 2 of 2');
    const model = readFileSync(path('both', 'model.onnx'));
    const resumed = await runCli('train', ...data, '--resume', path('both'), '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ end: 'finished', members: [{ name: 'member-1' }, {}] });
    expect(readFileSync(path('both', 'model.onnx')).equals(model)).toBe(true);
    const list = JSON.parse((await runCli('runs', 'list', root, '--json')).stdout);
    expect(list.runs.map(({ name }: { name: string }) => name)).toEqual(['both/member-1', 'both/member-2']);
    const seeded = await runCli('train', ...data, '--resume', path('both'), '--seed', '4');
    expect([seeded.code, seeded.stderr]).toEqual([2, expect.stringContaining('--seed is for one model')]);
  });
});
