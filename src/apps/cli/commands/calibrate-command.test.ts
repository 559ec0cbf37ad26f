// `moodlens calibrate` on a tiny model: the file, the figures, what it refuses.
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyBrightness, tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { readExpressionModel } from '../../../core/model/read-expression-model.js';

let root: string;
let data: string;
let model: string;
const row = (label: number, seen: number, usage: string) =>
  `${label},${new Array(2304).fill(tinyBrightness(seen)).join(' ')},${usage}\n`;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'calibrate-'));
  [data, model] = [join(root, 'f.csv'), join(root, 'model.onnx')];
  const split = 'trained on Training, validated on PublicTest';
  await writeFile(model, tinyExpressionModel({ width: 48, height: 48, metadata: { split } }));
  const rows = [0, 1, 2, 3, 4].map((label) => row(label, label === 4 ? 5 : label, 'PublicTest'));
  await writeFile(data, `emotion,pixels,Usage\n${rows.join('')}${row(1, 1, 'Training')}${row(2, 2, 'PrivateTest')}`);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const calibrate = (out: string, ...args: readonly string[]) =>
  runCli('calibrate', model, '--data', data, '--out', join(root, out), ...args);

describe('calibrate', () => {
  it('writes the model with its temperature, and says what it is worth', async () => {
    const { code, stdout } = await calibrate('a.onnx', '--json');
    expect(code).toBe(0);
    const figures = JSON.parse(stdout);
    expect(figures).toMatchObject({ file: join(root, 'a.onnx'), split: 'PublicTest', n: 5, before: 1 });
    expect(figures.nll.after).toBeLessThanOrEqual(figures.nll.before);
    const { metadata } = readExpressionModel(await readFile(join(root, 'a.onnx')));
    expect(metadata.temperature).toMatchObject({ value: figures.value, n: 5 });
    const text = await calibrate('b.onnx', '--split', 'PublicTest');
    expect(text.stdout).toMatch(/temperature \d+\.\d{3}, fitted on PublicTest, n = 5\n {2}log loss \d\.\d{4} before/);
    const evaluated = await runCli(
      'evaluate',
      '--model',
      join(root, 'a.onnx'),
      '--data',
      data,
      '--split',
      'PublicTest',
      '--json',
    );
    expect(JSON.parse(evaluated.stdout).model.temperature).toBe(figures.value);
  });

  it('fits a model and an ensemble of a split file on the set that validated them', async () => {
    const [packed, file] = [join(root, 'packed'), join(root, 'sets.json')];
    await runCli('data', 'import', data, '--out', packed);
    // Its sets are called as the splits of the data.
    const made = JSON.parse((await runCli('data', 'split', packed, '--out', file, '--official', '--json')).stdout);
    const split = 'trained on Training of a split file, validated on PublicTest';
    const metadata = { split, splitFile: made.hash, dataset: made.dataset };
    const [single, both] = [join(root, 'single.onnx'), join(root, 'both.onnx')];
    await writeFile(single, tinyExpressionModel({ width: 48, height: 48, metadata }));
    expect((await runCli('ensemble', single, single, '--out', both)).code).toBe(0);
    for (const path of [single, both]) {
      const of = (...args: readonly string[]) =>
        runCli('calibrate', path, '--data', packed, '--out', join(root, 'd.onnx'), ...args);
      const { code, stdout } = await of('--split-file', file, '--split', 'publictest', '--json');
      expect([code, JSON.parse(stdout).n]).toEqual([0, 5]);
      expect((await of('--split-file', file, '--split', 'PrivateTest')).stderr).toContain('is a test split');
      expect((await of('--split-file', file, '--split', 'Training')).stderr).toContain('not trained on, and it was');
      expect((await of('--split-file', file)).stderr).toContain('--split-file needs --split');
      expect((await of('--split', 'PublicTest')).stderr).toContain('cannot be told of this split');
    }
    // Beside the model, as its run leaves it, the file tells.
    await copyFile(file, join(root, 'splits.json'));
    for (const path of [single, both]) {
      const of = (split: string) =>
        runCli('calibrate', path, '--data', packed, '--out', join(root, 'd.onnx'), '--split', split);
      expect((await of('PublicTest')).code).toBe(0);
      expect((await of('Training')).stderr).toMatch(
        /not trained on, and it was trained on .* \((\d+) of these \1 rows\)/,
      );
    }
  });

  it('refuses test rows, training rows and its own file, and writes nothing', async () => {
    const before = await readdir(root);
    expect((await calibrate('c.onnx', '--split', 'PrivateTest')).stderr).toContain('is a test split');
    const trained = await calibrate('c.onnx', '--split', 'Training');
    expect([trained.code, trained.stderr]).toEqual([2, expect.stringContaining('not trained on')]);
    expect((await calibrate('model.onnx')).code).toBe(2);
    expect((await calibrate('c.onnx', '--yes-this-is-the-test')).code).toBe(2);
    expect((await runCli('calibrate', join(root, 'no.onnx'), '--data', data, '--out', 'x')).code).toBe(2);
    expect(await readdir(root)).toEqual(before);
  });
});
