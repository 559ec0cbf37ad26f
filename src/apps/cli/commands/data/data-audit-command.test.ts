// `moodlens data audit` as a user calls it: what it prints and writes, what it refuses, and that it never leaves half of anything.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { smallDataset } from '../../../../../tests/fixtures/small-dataset.js';
import { tinyExpressionModel } from '../../../../../tests/fixtures/tiny-expression-model.js';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { expressionLabels } from '../../../../core/dataset/labels.js';
import { writeDataset } from '../../../../core/dataset/packed-dataset.js';
import { createRandom } from '../../../../core/numbers/random.js';
import { readDataset } from '../../../../pipeline/data/read-dataset.js';

const noise = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 16 }, () => random.integer(256));
};
const dataset = smallDataset([
  { label: 3, split: 0, pixels: noise(1) },
  { label: 3, split: 1, pixels: noise(1) },
  { label: 0, split: 0, pixels: noise(2) },
  { label: 4, split: 0, pixels: 0 },
]);

let root: string;
let data: string;
let model: string;
const at = (name: string) => join(root, name);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'audit-'));
  data = at('data');
  model = at('model.onnx');
  await writeDataset(createFolderStore(data), dataset);
  await writeFile(model, tinyExpressionModel());
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Without the face search, which needs the models that the build converts. */
const audit = (...options: readonly string[]) =>
  runCli('data', 'audit', data, '--no-faces', ...(options.includes('--runs') ? [] : ['--model', model]), ...options);

describe('data audit', () => {
  it('prints a table, or everything as JSON', async () => {
    const { code, stdout, stderr } = await audit();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Exact duplicates +1 +2 +1 +1\n/)]);
    expect(stdout).toContain('1 sample of PublicTest is pixel for pixel in Training.');
    expect(stderr).toContain('no labels are judged: the model');
    const json = JSON.parse((await audit('--json')).stdout);
    expect(json).toMatchObject({
      dataset: dataset.hash,
      blank: [{ index: 3, row: 3, split: 'Training', label: 'sad' }],
    });
    expect((await readdir(root)).sort()).toEqual(['data', 'model.onnx']);
  });

  it('writes a page that needs nothing else, sheets, JSON, and a cleaned copy with its log', async () => {
    const { code, stderr } = await audit('--out', at('out'), '--write', at('clean'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('left out, listed in left-out.csv')]);
    expect((await readdir(at('out'))).sort()).toEqual([
      'audit.json',
      'blank.png',
      'exact-duplicates.png',
      'report.html',
    ]);
    const page = await readFile(at('out/report.html'), 'utf8');
    expect(page.match(/src="data:image\/png;base64,/g)).toHaveLength(2);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect((await decodePicture(at('out/blank.png'))).width).toBeGreaterThan(96);
    const clean = await readDataset(createFolderStore(at('clean')));
    expect([...clean.rows]).toEqual([1, 2]);
    expect(await readFile(at('clean/left-out.csv'), 'utf8')).toBe(
      'index,row,split,label,reasons,file\n0,0,Training,happy,twins,\n3,3,Training,sad,blank,\n',
    );
  });

  it('replaces its own report and a dataset with --force, and nothing else', async () => {
    const places = ['--out', at('out'), '--write', at('clean')];
    await audit(...places);
    const refused = await audit(...places);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/must not exist yet/)]);
    expect((await audit(...places, '--remove', 'blank', '--force')).code).toBe(0);
    expect((await readDataset(createFolderStore(at('clean')))).count).toBe(3);
    await writeFile(at('out/holiday.png'), 'x');
    const foreign = await audit('--out', at('out'), '--force');
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringMatching(/replaces an audit's report only/)]);
    expect(await readFile(at('out/holiday.png'), 'utf8')).toBe('x');
  });

  it.each([
    ['the copy', (): string[] => ['--write', data]],
    ['the report', (): string[] => ['--out', join(data, '.')]],
    ['both', (): string[] => ['--out', at('x'), '--write', at('x')]],
  ])('keeps the audited dataset, and its places apart: %s', async (_, places) => {
    const { code, stderr } = await audit(...places(), '--force');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/must be different folders/)]);
    expect((await readDataset(createFolderStore(data))).hash).toBe(dataset.hash);
    expect((await readdir(root)).sort()).toEqual(['data', 'model.onnx']);
  });

  it('judges labels by probabilities from a file', async () => {
    const line = (row: number, sure: number) =>
      [row, ...expressionLabels.map((_, c) => (c === sure ? 0.94 : 0.01))].join();
    await writeFile(at('p.csv'), [['row', ...expressionLabels].join(), line(0, 3), line(2, 5), line(3, 4)].join('\n'));
    const { stdout } = await runCli('data', 'audit', data, '--no-faces', '--json', '--probabilities', at('p.csv'));
    expect(JSON.parse(stdout).labels).toMatchObject({ by: 'p.csv', judged: 3 });
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ['two judges', ['--probabilities', 'x.csv'], 2, /one of --probabilities, --runs and --model/],
    ['--unseen with runs', ['--runs', 'x', '--unseen'], 2, /--unseen is for a --model/],
    ['a run that is none', ['--runs', 'nowhere'], 1, /nowhere.*run folder must hold config\.json/],
    ['--remove without a copy', ['--remove', 'blank'], 2, /add --write/],
    ['an unknown reason', ['--write', 'clean', '--remove', 'ugly'], 2, /against-votes/],
    ['reasons not looked for', ['--write', 'clean', '--remove', 'non-faces'], 2, /leave --no-faces out/],
    ['missing votes', ['--votes', 'nowhere.csv'], 2, /nowhere\.csv must be a file/],
    ['a folder that is none', [], 2, /data audit needs the folder/],
  ])('refuses %s and writes nothing', async (name, options, expected, message) => {
    if (name === 'a folder that is none') data = at('nothing');
    const placed = options.map((word) => (/^(clean|nowhere|x)/.test(word) ? at(word) : word));
    const { code, stdout, stderr } = await audit('--json', ...placed);
    expect([code, stdout, stderr]).toEqual([expected, '', expect.stringMatching(message)]);
    expect((await readdir(root)).sort()).toEqual(['data', 'model.onnx']);
  });

  it('writes neither report nor copy when cleaning fails', async () => {
    const { code, stderr } = await audit('--out', at('out'), '--write', at('clean'), '--remove-from', 'Nothing');
    expect([code, stderr]).toEqual([2, expect.stringContaining("names 'Nothing'")]);
    expect((await readdir(root)).sort()).toEqual(['data', 'model.onnx']);
  });

  it('names what is wrong with an empty folder, and with probabilities of other data', async () => {
    await mkdir(at('empty'));
    const empty = await runCli('data', 'audit', at('empty'), '--no-faces');
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('dataset.json')]);
    await writeFile(at('p.csv'), `${['row', ...expressionLabels].join()}\n99,1,0,0,0,0,0,0\n`);
    const { code, stderr } = await runCli('data', 'audit', data, '--no-faces', '--probabilities', at('p.csv'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/line 2 .*no row '99'/)]);
  });
});
