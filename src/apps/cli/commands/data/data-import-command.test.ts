// `moodlens data import` on real files: what it writes, what it refuses, and that it never leaves half a dataset.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';
import { readDataset } from '../../../../pipeline/data/read-dataset.js';

let root: string;
let csv: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'data-'));
  csv = join(root, 'fer2013.csv');
  out = join(root, 'out');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const row = (label: number, usage: string, value = 5) => `${label},${new Array(2304).fill(value).join(' ')},${usage}\n`;
const writeCsv = (...rows: readonly string[]) => writeFile(csv, `emotion,pixels,Usage\n${rows.join('')}`);

describe('data import FILE.csv', () => {
  it('writes a dataset that reads back, and tells what is in it', async () => {
    await writeCsv(row(0, 'Training'), row(3, 'PublicTest'), row(3, 'PrivateTest'));
    const { code, stdout } = await runCli('data', 'import', csv, '--out', out, '--json');
    expect(code).toBe(0);
    const dataset = await readDataset(createFolderStore(out));
    expect(JSON.parse(stdout)).toMatchObject({
      out,
      count: 3,
      splits: { Training: 1, PublicTest: 1, PrivateTest: 1 },
      classes: { angry: 1, happy: 2 },
      hash: dataset.hash,
      broken: 0,
    });
    expect((await readdir(root)).sort()).toEqual(['fer2013.csv', 'out']);
  });

  it('keeps the wanted Usage only', async () => {
    await writeCsv(row(0, 'Training'), row(3, 'PublicTest'), row(3, 'PrivateTest'));
    const { code, stdout } = await runCli('data', 'import', csv, '--out', out, '--usage', 'Training, PublicTest');
    expect(code).toBe(0);
    expect(stdout).toContain('Training 1, PublicTest 1, PrivateTest 0');
    expect((await readDataset(createFolderStore(out))).count).toBe(2);
  });

  it('fails on broken rows by line number and writes nothing', async () => {
    await writeCsv(row(0, 'Training'), '7,1 2,Training\n', row(1, 'Training', 256));
    const { code, stdout, stderr } = await runCli('data', 'import', csv, '--out', out, '--json');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/line 3: .*\n {2}line 4: pixel 1 must be 0\.\.255/);
    expect(await readdir(root)).toEqual(['fer2013.csv']);
  });

  it.each(['--skip-bad', '--skip-broken'])(
    'leaves broken rows out when told to with %s, and says which',
    async (option) => {
      await writeCsv(row(0, 'Training'), '7,1 2,Training\n');
      const { code, stderr } = await runCli('data', 'import', csv, '--out', out, option);
      expect(code).toBe(0);
      expect(stderr).toContain('left out: line 3');
      expect((await readDataset(createFolderStore(out))).count).toBe(1);
    },
  );

  it('replaces a dataset only with --force, and never another folder', async () => {
    await writeCsv(row(0, 'Training'));
    await runCli('data', 'import', csv, '--out', out);
    const before = await readFile(join(out, 'dataset.json'), 'utf8');
    await writeCsv(row(1, 'Training'));
    expect((await runCli('data', 'import', csv, '--out', out)).code).toBe(2);
    expect(await readFile(join(out, 'dataset.json'), 'utf8')).toBe(before);
    expect((await runCli('data', 'import', csv, '--out', out, '--force')).code).toBe(0);
    expect(await readFile(join(out, 'dataset.json'), 'utf8')).not.toBe(before);
    // A cleaned copy of `data audit` is a dataset too.
    await writeFile(join(out, 'left-out.csv'), 'index,row\n');
    expect((await runCli('data', 'import', csv, '--out', out, '--force')).code).toBe(0);
    expect(await readdir(out)).not.toContain('left-out.csv');
    await writeFile(join(out, 'thesis.tex'), 'x');
    const { code, stderr } = await runCli('data', 'import', csv, '--out', out, '--force');
    expect(code).toBe(2);
    expect(stderr).toContain('holds other files');
    expect(await readdir(out)).toContain('thesis.tex');
  });

  it('keeps the old dataset when a forced import fails', async () => {
    await writeCsv(row(0, 'Training'));
    await runCli('data', 'import', csv, '--out', out);
    const before = await readdir(out);
    await writeCsv('8,1,Training\n');
    expect((await runCli('data', 'import', csv, '--out', out, '--force')).code).toBe(1);
    expect(await readdir(out)).toEqual(before);
    expect((await readDataset(createFolderStore(out))).classes[0]).toBe(0);
  });

  it.each<[string, string[], number, RegExp]>([
    ['another Usage', ['--usage', 'Test'], 2, /Training/],
    ['--size', ['--size', '32'], 2, /--size/],
    ['--labels', ['--labels', 'a,b'], 2, /--labels/],
  ])('refuses %s', async (_, options, expected, message) => {
    await writeCsv(row(0, 'Training'));
    const { code, stderr } = await runCli('data', 'import', csv, '--out', out, ...options);
    expect([code, message.test(stderr)]).toEqual([expected, true]);
    expect(await readdir(root)).toEqual(['fer2013.csv']);
  });

  it('refuses missing files, other files and a missing --out', async () => {
    expect((await runCli('data', 'import', csv, '--out', out)).code).toBe(2);
    await writeFile(csv, 'id,name\n1,x\n');
    const other = await runCli('data', 'import', csv, '--out', out);
    expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/line 1 must name the columns/)]);
    await writeFile(csv, '');
    expect((await runCli('data', 'import', csv, '--out', out)).code).toBe(1);
    expect((await runCli('data', 'import', csv)).code).toBe(2);
  });
});

describe('data import DIR', () => {
  const addPicture = async (name: string, value: number) => {
    const path = join(root, 'faces', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, await encodePng({ width: 9, height: 9, channels: 1, data: new Uint8Array(81).fill(value) }));
  };

  it('imports a folder per class with splits and a size', async () => {
    await addPicture('train/happy/a.png', 1);
    await addPicture('test/sad/b.png', 2);
    const { code, stdout } = await runCli(
      'data',
      'import',
      join(root, 'faces'),
      '--out',
      out,
      '--size',
      '16',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ width: 16, height: 16, count: 2, splits: { train: 1, test: 1 } });
  });

  it('names a picture that is not one', async () => {
    await addPicture('happy/a.png', 1);
    await writeFile(join(root, 'faces/happy/bad.jpg'), 'text');
    const { code, stderr } = await runCli('data', 'import', join(root, 'faces'), '--out', out);
    expect([code, stderr]).toEqual([1, expect.stringContaining('happy/bad.jpg')]);
    expect(await readdir(root)).toEqual(['faces']);
    expect((await runCli('data', 'import', join(root, 'faces'), '--out', out, '--usage', 'Training')).code).toBe(2);
    expect((await runCli('data', 'import', join(root, 'faces'), '--out', out, '--size', 'big')).code).toBe(2);
  });
});
