// `moodlens quantise`: the file, the figures, and what it refuses.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { stripes } from '../../../../tests/fixtures/stripes.js';
import { untrainedModel } from '../../../../tests/fixtures/untrained-model.js';
import { createFolderStore } from '../../../adapters/node/files.js';
import { writeDataset } from '../../../core/dataset/packed-dataset.js';
import { readExpressionModel } from '../../../core/model/read-expression-model.js';
import { metadataKey } from '../../../core/onnx/metadata-key.js';
import { writeModel } from '../../../core/onnx/write-model.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-quantise-'));
const path = (name: string) => join(root, name);
const quantise = (...args: string[]) => runCli('quantise', path('model.onnx'), '--data', path('data'), ...args);

beforeAll(async () => {
  writeFileSync(path('model.onnx'), untrainedModel('compact', 1));
  await writeDataset(createFolderStore(path('data')), stripes(40, 1));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('writes the int8 form, which the other commands take, and prints both forms figures', async () => {
  const { code, stdout } = await quantise('--out', path('int8.onnx'), '--calibration', '16');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^.*int8\.onnx, beside the float model on PublicTest, n = 10:\n {2}float +accuracy/);
  expect(stdout).toMatch(/of the time, 0\.2\d of the size\n$/);
  const figures = JSON.parse((await quantise('--out', path('int8.onnx'), '--json')).stdout);
  expect(figures).toMatchObject({
    split: 'PublicTest',
    float: { n: 10 },
    int8: { n: 10 },
    calibration: { pictures: 30 },
  });
  const evaluated = await runCli(
    ...['evaluate', '--model', path('int8.onnx'), '--data', path('data'), '--split', 'PublicTest', '--json'],
  );
  expect(JSON.parse(evaluated.stdout).accuracy).toBe(figures.int8.accuracy);
});

it('measures on a set of a split file, and needs the file of a model that was trained on one', async () => {
  const { hash } = JSON.parse(readFileSync(path('data/dataset.json'), 'utf8'));
  const split = ['data', 'split', path('data'), '--out', path('splits.json'), '--json'];
  const made = JSON.parse((await runCli(...split)).stdout);
  const [training, validation] = made.sets.map(({ samples }: { samples: number }) => samples);
  const { graph, metadata } = readExpressionModel(untrainedModel('compact', 1));
  const trained = 'trained on training of a split file, validated on validation';
  const text = JSON.stringify({ ...metadata, dataset: hash, split: trained, splitFile: made.hash });
  writeFileSync(path('of-file.onnx'), writeModel({ ...graph, metadata: new Map([[metadataKey, text]]) }));
  const ofFile = (...args: string[]) =>
    runCli('quantise', path('of-file.onnx'), '--data', path('data'), '--out', path('y.onnx'), ...args);
  const file = ['--split-file', path('splits.json')];
  const { stdout } = await ofFile(...file, '--split', 'validation', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ split: 'validation', float: { n: validation } },
    calibration: { pictures: training },
  });
  const guess = await ofFile('--split', 'PublicTest');
  expect([guess.code, guess.stderr]).toEqual([2, expect.stringContaining('name that file with --split-file')]);
  const test = await ofFile(...file, '--split', 'test');
  expect([test.code, test.stderr]).toEqual([2, expect.stringContaining("'test' is a test split")]);
  expect((await ofFile(...file)).stderr).toContain('--split-file needs --split');
});

it.each([
  [['--out', path('model.onnx')], 2, /another file than the model/],
  [['--out', path('x.onnx'), '--share', 'most'], 2, /share/],
  [['--out', path('x.onnx'), '--split', 'nothing'], 1, /nothing/],
  [['--out', path('x.onnx'), '--run', path('data')], 1, /run folder/],
])('refuses %j', async (args, code, message) => {
  const before = readFileSync(path('model.onnx'));
  const result = await quantise(...args);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).toMatch(message);
  expect(existsSync(path('x.onnx'))).toBe(false);
  expect(readFileSync(path('model.onnx')).equals(before)).toBe(true);
});

it('names a model file that cannot be read', async () => {
  const { code, stderr } = await runCli('quantise', path('no.onnx'), '--data', path('data'), '--out', path('x.onnx'));
  expect([code, stderr]).toEqual([2, expect.stringContaining('no.onnx cannot')]);
  writeFileSync(path('bad.onnx'), 'no model');
  const bad = await runCli('quantise', path('bad.onnx'), '--data', path('data'), '--out', path('x.onnx'));
  expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('bad.onnx: this is not an ONNX model')]);
});
