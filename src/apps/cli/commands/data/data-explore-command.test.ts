// `moodlens data explore` on datasets and folders: what it tells and writes, and what it refuses.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { encodeJpeg, encodePng } from '../../../../adapters/node/image-codec.js';
import type { Picture } from '../../../../core/image/picture.js';

let root: string;
let faces: string;
let data: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'explore-'));
  [faces, data, out] = ['faces', 'data', 'out'].map((name) => join(root, name)) as [string, string, string];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function add(name: string, content: Uint8Array | string): Promise<void> {
  const path = join(faces, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
}

const plain = (width: number, height: number, value: number): Picture => ({
  width,
  height,
  channels: 1,
  data: new Uint8Array(width * height).fill(value),
});

async function addFaces(): Promise<void> {
  await add('train/happy/a.png', await encodePng(plain(60, 60, 90)));
  await add('train/happy/b.png', await encodePng(plain(60, 60, 110)));
  await add('train/sad/c.jpg', await encodeJpeg(plain(80, 40, 30)));
  await add('test/happy/d.png', await encodePng(plain(60, 60, 250)));
}

describe('data explore', () => {
  it('tells what a folder of pictures holds, their sizes too, and writes nothing', async () => {
    await addFaces();
    const { code, stdout } = await runCli('data', 'explore', faces);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^happy +1 +100\.0 % +2 +66\.7 %$/m);
    expect(stdout).toMatch(/^60 x 60 +PNG +grey +3 +1 +2$/m);
    expect(stdout).toMatch(/^80 x 40 +JPEG +grey +1 +0 +1$/m);
    expect(stdout).toContain('1 of 4 pictures are not square');
    expect(stdout).toContain('No split has a sample of angry, disgust, fear, surprise, neutral.');
    expect(await readdir(root)).toEqual(['faces']);
  });

  it('writes a report of a packed dataset, and prints its numbers as JSON', async () => {
    await addFaces();
    expect((await runCli('data', 'import', faces, '--out', data)).code).toBe(0);
    const { code, stdout, stderr } = await runCli('data', 'explore', data, '--out', out, '--json');
    expect(code).toBe(0);
    expect(stderr).toBe(`${join(out, 'report.html')} written, with 8 charts and sheets\n`);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({ out, name: 'faces', count: 4, width: 48, kinds: null });
    expect(json.splits.map((split: { name: string; count: number }) => [split.name, split.count])).toEqual([
      ['test', 1],
      ['train', 3],
    ]);
    expect(json.splits[1].classes[3]).toMatchObject({ label: 'happy', count: 2, brightness: { mean: 100 } });
    expect((await readdir(out)).sort()).toEqual([...json.files].sort());
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Data: faces');
    expect((await readdir(root)).sort()).toEqual(['data', 'faces', 'out']);
  });

  it('writes the same report again, and over the old one only with --force', async () => {
    await addFaces();
    await runCli('data', 'explore', faces, '--out', out, '--seed', '5');
    const page = await readFile(join(out, 'report.html'));
    const again = await runCli('data', 'explore', faces, '--out', out);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('must not exist yet')]);
    expect((await runCli('data', 'explore', faces, '--out', out, '--seed', '5', '--force')).code).toBe(0);
    // Clip paths are numbered on within one process.
    const withoutChartNumbers = (bytes: Buffer) => bytes.toString().replace(/zr\d+-c\d+/g, 'zr-c');
    expect(withoutChartNumbers(await readFile(join(out, 'report.html'))) === withoutChartNumbers(page)).toBe(true);
    await writeFile(join(out, 'thesis.tex'), 'x');
    const foreign = await runCli('data', 'explore', faces, '--out', out, '--force');
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('holds other files')]);
    expect(await readdir(out)).toContain('thesis.tex');
  });

  it('holds no folder of pictures for a report that it may replace', async () => {
    await addFaces();
    const { code } = await runCli('data', 'explore', faces, '--out', join(faces, 'train/happy'), '--force');
    expect(code).toBe(2);
    expect((await readdir(join(faces, 'train/happy'))).sort()).toEqual(['a.png', 'b.png']);
  });

  it('names corrupt pictures and writes nothing, or leaves them out and counts them', async () => {
    await addFaces();
    await add('train/sad/broken.png', 'no picture');
    const { code, stdout, stderr } = await runCli('data', 'explore', faces, '--out', out);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/1 broken picture:\n {2}train\/sad\/broken\.png: .*--skip-bad/s);
    expect(await readdir(root)).toEqual(['faces']);
    const skipped = await runCli('data', 'explore', faces, '--out', out, '--skip-bad');
    expect([skipped.code, skipped.stderr]).toEqual([0, expect.stringContaining('left out: train/sad/broken.png')]);
    expect(skipped.stdout).toContain('1 broken sample was left out.');
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('train/sad/broken.png');
  });

  it('refuses nothing, files, empty folders and damaged datasets', async () => {
    const refusal = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await runCli('data', 'explore', ...args, '--out', out);
      expect(stdout).toBe('');
      return [code, stderr];
    };
    expect(await refusal(faces)).toEqual([2, expect.stringContaining('does not exist')]);
    await mkdir(faces);
    expect(await refusal(faces)).toEqual([1, expect.stringContaining('has none; check the folder')]);
    await writeFile(join(root, 'x.csv'), 'emotion');
    expect(await refusal(join(root, 'x.csv'))).toEqual([2, expect.stringContaining('is a file; import it first')]);
    await add('happy/a.png', await encodePng(plain(60, 60, 1)));
    await runCli('data', 'import', faces, '--out', data);
    expect(await refusal(data, '--size', '64')).toEqual([2, expect.stringContaining('for folders of pictures')]);
    expect(await refusal(data, '--samples', '0')).toEqual([2, expect.stringContaining('samples')]);
    await writeFile(join(data, 'pixels.bin'), 'short');
    expect(await refusal(data)).toEqual([1, expect.stringContaining('pixels.bin must have')]);
    expect((await readdir(root)).sort()).toEqual(['data', 'faces', 'x.csv']);
  });
});
