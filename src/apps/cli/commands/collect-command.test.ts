// `moodlens collect` through the whole command line: videos, and what is refused.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWith, requireCommand, requireShared } from '../../../../tests/requirements.js';
import { encodePng } from '../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { run } from '../run.js';

let stdout = '';
let stderr = '';
let folder = '';
beforeEach(() => {
  stdout = '';
  stderr = '';
  folder = mkdtempSync(join(tmpdir(), 'moodlens-collect-'));
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

describe('moodlens collect, wrong use', () => {
  it.each(['../x', '..', '.', '', ' ', 'a/b', 'a\\b', '/etc', 'x'.repeat(100), 'con', 'a\u0000b'])(
    'refuses the name %j and makes no folder',
    async (name) => {
      expect(await run(['collect', name, 'x.png', '--out', join(folder, 'people')])).toBe(2);
      expect(stderr).toContain('name');
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each([
    [['collect']],
    [['collect', 'Ann']],
    [['collect', 'Ann', 'x.png', '--photos', '0']],
    [['collect', 'Ann', 'x.png', '--photos', 'many']],
    [['collect', 'Ann', 'x.png', '--every', '-5']],
    [['collect', 'Ann', 'x.png', '--min-face', '']],
  ])('%j ends with 2', async (line) => {
    expect(await run(line)).toBe(2);
    expect(stdout).toBe('');
  });
});

const model = shippedModelPath('face-full-range.onnx');
const built = { path: model, missing: existsSync(model) ? undefined : 'the detectors are not built (npm run build)' };

describeWith(built, 'moodlens collect, bad input', () => {
  const collect = (...words: string[]) => run(['collect', 'Ann', ...words, '--out', join(folder, 'people'), '--json']);

  it.each([
    ['a picture that is none', 'x.png', 'text'],
    ['an empty video', 'x.mp4', ''],
    ['a video that is none', 'x.mp4', 'text, not a video'],
  ])('%s is an error, and nothing is left behind', async (_, name, content) => {
    writeFileSync(join(folder, name), content);
    expect(await collect(join(folder, name))).toBe(1);
    expect(stderr).toContain(name);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('says that a file is missing and that a folder has no pictures', async () => {
    expect(await collect(join(folder, 'no.mp4'))).toBe(1);
    expect(stderr).toContain('no.mp4');
    mkdirSync(join(folder, 'empty'));
    expect(await collect(join(folder, 'empty'))).toBe(1);
    expect(stderr).toContain('must hold pictures');
  });

  it('counts what a folder holds and finds nobody in it', async () => {
    const source = join(folder, 'source');
    mkdirSync(source);
    const data = new Uint8Array(64 * 64 * 3).map((_, i) => (i * 37) % 256);
    writeFileSync(join(source, 'a.png'), await encodePng({ width: 64, height: 64, channels: 3, data }));
    writeFileSync(join(source, 'b.png'), 'text');
    expect(await collect(source)).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ saved: 0, looked: 2, rejected: { 'no face': 1, unreadable: 1 } });
    expect(stderr).toMatch(/nothing usable.*\n {2}unreadable: 1\n {2}no face: 1/);
    expect(existsSync(join(folder, 'people'))).toBe(false);
  });
});

const video = requireShared('video');

describeWith([built, video, requireCommand('ffmpeg')], 'moodlens collect on videos', () => {
  const collect = (name: string, ...words: string[]) =>
    run(['collect', 'Ann', join(video.path, name), '--out', join(folder, 'people'), '--json', ...words]);

  it('collects one person, spaced in time, and learns them', async () => {
    expect(await collect('one-standing-webcam.mkv', '--photos', '8', '--every', '150')).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({ person: 'Ann', wanted: 8, saved: 8 });
    expect(summary.tooSoon).toBeGreaterThanOrEqual(7 * 3);
    expect(readdirSync(join(folder, 'people/Ann')).map((file) => file.slice(0, 9))).toEqual(
      Array.from({ length: 8 }, (_, i) => `face-000${i + 1}`),
    );
    stdout = '';
    const out = join(folder, 'people.yml');
    expect(await run(['people', 'train', join(folder, 'people'), '--out', out, '--json'])).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ people: { Ann: 8 }, leftOut: [], whole: 0 });
  });

  it('takes nobody of two, and nobody where nobody is', async () => {
    expect(await collect('two-head-pose.mp4')).toBe(1);
    expect(JSON.parse(stdout).rejected).toEqual({ 'several faces': expect.any(Number) });
    stdout = '';
    expect(await collect('none.mp4')).toBe(1);
    expect(JSON.parse(stdout).rejected).toEqual({ 'no face': expect.any(Number) });
    expect(stderr).toContain('nothing usable was found');
  });
});
