// `moodlens export`: the files, the figures, and what it refuses.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quietRun } from '../../../../tests/fixtures/quiet-run.js';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { stripes } from '../../../../tests/fixtures/stripes.js';
import { createFolderStore } from '../../../adapters/node/files.js';
import { openSession } from '../../../adapters/node/session.js';
import { writeDataset } from '../../../core/dataset/packed-dataset.js';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import { LocalEngine } from '../../../core/training/engine.js';
import { parseTrainConfig } from '../../../pipeline/train/config.js';
import { trainRun } from '../../../pipeline/train/train.js';
import { readEvaluation } from '../../web/worker/read-evaluation.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-export-'));
const path = (...names: string[]) => join(root, ...names);
const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const exported = (...args: string[]) => runCli('export', path('run'), '--data', path('data'), ...args);

beforeAll(async () => {
  const dataset = stripes(40, 1);
  await writeDataset(createFolderStore(path('data')), dataset);
  await writeDataset(createFolderStore(path('other')), stripes(40, 2));
  for (const [name, rows] of [
    ['run', {}],
    ['whole', { trainingSplit: ['Training', 'PublicTest'], validation: null }],
  ] as const) {
    await trainRun({
      ...quietRun,
      ...{ dataset, name, store: createFolderStore(path(name)) },
      config: parseTrainConfig({ epochs: 1, batchSize: 10, threads: 1, ...rows }),
      startEngine: async (architecture, options, engine) =>
        new LocalEngine(createArchitecture(architecture, options), openSession, engine),
    });
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('writes a model that the other commands take, and its card; a second time only with --force', async () => {
  const first = await exported('--out', path('out', 'model.onnx'));
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(
    /model\.onnx: \d\.\d\d MB, 8 batch normalisations folded; card: .*model\.md; evaluation: .*model\.evaluation\.json\n/,
  );
  expect(first.stdout).toContain('the same class for all 10 pictures compared');
  expect(readFileSync(path('out', 'model.md'), 'utf8')).toMatch(/^# The expression model run\n\n`model\.onnx` names/);
  const evaluated = await runCli(
    ...[
      'evaluate',
      '--model',
      path('out', 'model.onnx'),
      '--data',
      path('data'),
      '--split',
      'PublicTest',
      '--out',
      path('own.json'),
    ],
  );
  expect(evaluated.code).toBe(0);
  // What evaluate writes of the file, its hash among it.
  const beside = readFileSync(path('out', 'model.evaluation.json'), 'utf8');
  expect(beside).toBe(readFileSync(path('own.json'), 'utf8'));
  expect(JSON.parse(beside).model.hash).toBe(hashOf(path('out', 'model.onnx')));
  expect(readEvaluation('model.evaluation.json', beside)).toMatchObject({ run: 'run', split: 'PublicTest' });
  const again = await exported('--out', path('out', 'model.onnx'));
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('add --force')]);
  writeFileSync(path('notes.md'), 'By hand.');
  for (const ending of ['onnx', 'evaluation.json']) {
    writeFileSync(path('out', `model.int8.${ending}`), 'of an earlier export');
  }
  const forced = await exported('--out', path('out', 'model.onnx'), '--force', '--notes', path('notes.md'), '--json');
  const result = JSON.parse(forced.stdout);
  expect(result).toMatchObject({
    ...{ file: path('out', 'model.onnx'), parity: { n: 10, sameClass: 10 }, int8: null },
    evaluation: { accuracy: JSON.parse(beside).accuracy },
  });
  expect(readFileSync(path('out', 'model.md'), 'utf8')).toContain('## Notes\n\nBy hand.');
  expect(readdirSync(path('out')).sort()).toEqual(['model.evaluation.json', 'model.md', 'model.onnx']);
});

it('writes no evaluation of a run that validated on nothing, and leaves none of an earlier export', async () => {
  const whole = (...args: string[]) =>
    runCli('export', path('whole'), '--data', path('data'), '--out', path('all', 'model.onnx'), ...args);
  mkdirSync(path('all'));
  writeFileSync(path('all', 'model.evaluation.json'), 'of an earlier export');
  const refused = await whole();
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/model\.evaluation\.json exists; .*--force/),
  ]);
  expect(readdirSync(path('all'))).toEqual(['model.evaluation.json']);
  const { code, stdout } = await whole('--force');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/card: .*model\.md\n/)]);
  expect(readdirSync(path('all')).sort()).toEqual(['model.md', 'model.onnx']);
});

it('tells why an int8 form is not kept, and leaves no file of it', async () => {
  const { code, stdout } = await exported('--out', path('with8.onnx'), '--int8', '--calibration', '16');
  expect(code).toBe(0);
  expect(stdout).toMatch(/int8: not kept: it may lose \d+\.\d\d points of accuracy/);
  expect(stdout).toMatch(/one picture in Node: .* ms against .* ms/);
  expect(stdout).toMatch(/one picture in the web runtime \(WebAssembly\): .* ms against .* ms/);
  expect(existsSync(path('with8.int8.onnx'))).toBe(false);
  expect(readFileSync(path('with8.md'), 'utf8')).toContain('## The int8 form');
});

it.each([
  [['--out', path('x.bin')], 2, /ends in \.onnx/],
  [['--out', path('x.onnx'), '--weights', 'first'], 2, /weights/],
  [['--out', path('x.onnx'), '--notes', path('none.md')], 2, /none\.md must be a file/],
  [['--out', path('x.onnx'), '--data', path('other')], 1, /another, .*give that --data/],
  [['--out', path('x.onnx'), '--data', path('nothing')], 1, /moodlens data import/],
])('refuses %j and writes nothing', async (options, code, message) => {
  const result = await exported(...options);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).toMatch(message);
  expect(existsSync(path('x.onnx')) || existsSync(path('x.md'))).toBe(false);
});

it('says what a run must hold', async () => {
  const result = await runCli('export', path('data'), '--data', path('data'), '--out', path('x.onnx'));
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('must hold config.json')]);
});
