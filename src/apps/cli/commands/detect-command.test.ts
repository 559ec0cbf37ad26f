import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';
import { decodePicture, encodePng } from '../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { run } from '../run.js';

const photographs = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo');
const one = join(photographs, 'sample1.jpg');
const two = join(photographs, 'sample4.jpg');
const model = shippedModelPath('face-full-range.onnx');
const built = { path: model, missing: existsSync(model) ? undefined : 'the detectors are not built (npm run build)' };

const wall = { width: 40, height: 30, channels: 1 as const, data: new Uint8Array(1200) };
const filesIn = (lines: string): string[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).file);

let stdout = '';
let stderr = '';
let folder = '';
beforeEach(() => {
  stdout = '';
  stderr = '';
  folder = mkdtempSync(join(tmpdir(), 'moodlens-detect-'));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('moodlens detect, wrong use', () => {
  it.each([
    [['detect']],
    [['detect', one, '--detector', 'guess']],
    [['detect', one, '--search', 'everywhere']],
    [['detect', one, '--min-neighbors', '3']],
    [['detect', one, '--detector', 'haar', '--scale-factor', '1']],
    [['detect', one, '--detector', 'haar', '--cascade', 'gone.xml']],
    [['detect', one, '--detector', 'haar', '--min-face', 'big']],
    [['detect', one, '--min-score', '1.5']],
    [['detect', one, '--min-score', 'high']],
    [['detect', one, '--min-score', '']],
  ])('%j ends with 2 and writes nothing', async (line) => {
    expect(await run(line)).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });

  it('never overwrites an input with an annotated picture', async () => {
    const input = join(folder, 'me.png');
    writeFileSync(input, 'not looked at');
    expect(await run(['detect', input, '--out', folder])).toBe(2);
    expect(stderr).toContain('would overwrite the input');
  });
});

describe('moodlens detect --detector haar', () => {
  it('finds faces without key points', async () => {
    expect(await run(['detect', one, '--detector', 'haar', '--json'])).toBe(0);
    const { faces } = JSON.parse(stdout);
    expect(faces.length).toBeGreaterThan(0);
    expect(faces[0]).toMatchObject({ score: 1, keypoints: null });
    stdout = '';
    expect(await run(['detect', one, '--detector', 'haar', '--min-face', '2000', '--json'])).toBe(0);
    expect(JSON.parse(stdout).faces).toEqual([]);
  });

  it('names a cascade file that is none', async () => {
    const file = join(folder, 'cascade.xml');
    writeFileSync(file, '<opencv_storage></opencv_storage>');
    expect(await run(['detect', one, '--detector', 'haar', '--cascade', file])).toBe(1);
    expect(stderr).toMatch(/cascade\.xml: a cascade must be an OpenCV classifier file .*has no <cascade>/);
  });
});

describeWith(built, 'moodlens detect', () => {
  it('prints a line of JSON per picture, in order', async () => {
    expect(await run(['detect', one, two, '--json'])).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ file, width, height, faces }) => [file, width, height, faces.length])).toEqual([
      [one, 1920, 1280, 3],
      [two, 1920, 1448, 4],
    ]);
    const face = lines[0].faces[0];
    expect(face.box).toHaveLength(4);
    expect(face.score).toBeGreaterThan(0.6);
    expect(Object.keys(face.keypoints)).toEqual(['rightEye', 'leftEye', 'nose', 'mouth']);
  });

  it('says it in words without --json', async () => {
    expect(await run(['detect', one, '--min-score', '0.94'])).toBe(0);
    expect(stdout).toMatch(/sample1\.jpg {2}1920 x 1280 {2}1 face\n {2}0\.\d\d {2}\d+ x \d+ at \d+, \d+\n$/);
  });

  it('names the pictures that it cannot read, does the others and ends with 1', async () => {
    const garbage = join(folder, 'garbage.jpg');
    writeFileSync(garbage, 'no picture');
    expect(await run(['detect', join(folder, 'missing.png'), garbage, one, '--json'])).toBe(1);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('missing.png');
    expect(stderr).toContain('garbage.jpg');
    expect(stderr).toContain('2 of 3 pictures');
  });

  it('looks through folders, 2 before 10, and refuses one without a picture', async () => {
    const paths = ['10.png', '2.png', 'below/1.png'].map((name) => join(folder, name));
    mkdirSync(join(folder, 'below'));
    mkdirSync(join(folder, 'empty'));
    for (const path of paths) writeFileSync(path, await encodePng(wall));
    expect(await run(['detect', folder, '--json'])).toBe(0);
    expect(filesIn(stdout)).toEqual([paths[1], paths[0], paths[2]]);
    expect(await run(['detect', join(folder, 'empty'), '--json'])).toBe(1);
    expect(stderr).toMatch(/^error: .*empty must hold pictures and holds none/m);
  });

  it('writes annotated pictures under names of their own', async () => {
    const out = join(folder, 'new', 'annotated');
    expect(await run(['detect', one, one, '--out', out])).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['sample1-2.png', 'sample1.png']);
    const [before, after] = [await decodePicture(one), await decodePicture(join(out, 'sample1.png'))];
    expect([after.width, after.height]).toEqual([before.width, before.height]);
    const changed = after.data.filter((value, i) => value !== before.data[i]).length;
    expect(changed).toBeGreaterThan(1000);
  });
});
