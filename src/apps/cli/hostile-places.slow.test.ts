// Places that take nothing, and files that never end: every command says so, with the right code, and ends.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mountSmallDisk, type SmallDisk } from '../../../tests/fixtures/small-disk.js';
import { describeWith, repositoryRoot, requireCommand, requireMount } from '../../../tests/requirements.js';

const main = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = { path: main, missing: existsSync(main) ? undefined : 'the build (npm run build)' };
const linux = { path: '/dev/full', missing: existsSync('/dev/full') ? undefined : '/dev/full is not there' };
const ffmpeg = [requireCommand('ffmpeg'), requireCommand('ffprobe')];
const group = join(repositoryRoot, 'dist/web/sample/sample6.jpg');

const root = mkdtempSync(join(tmpdir(), 'moodlens-places-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const path = (name: string) => join(root, name);
const face = path('face.png');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user does; `stdout` is where it leads. */
async function moodlens(
  args: readonly string[],
  { stdout, cwd }: { stdout?: string; cwd?: string } = {},
): Promise<Ended> {
  const out = stdout === undefined ? ('pipe' as const) : openSync(stdout, 'w');
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', out, 'pipe'], ...(cwd ? { cwd } : {}) });
  let said = '';
  let written = '';
  child.stderr!.on('data', (text) => {
    said += text;
  });
  child.stdout?.on('data', (text) => {
    written += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (typeof out === 'number') closeSync(out);
  return { code, stdout: written, stderr: said };
}

function expectError({ code, stderr }: Ended, exit: number, ...words: readonly (string | RegExp)[]): void {
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr).not.toContain('UNEXPECTED');
  expect(code, stderr).toBe(exit);
}

beforeAll(async () => {
  // One of the sample's faces, alone.
  if (existsSync(group)) await sharp(group).extract({ left: 60, top: 300, width: 440, height: 480 }).toFile(face);
  writeFileSync(path('file.txt'), 'x');
  writeFileSync(path('grey.pgm'), Buffer.concat([Buffer.from('P5 32 32 255\n'), Buffer.alloc(1024, 90)]));
});

describeWith([built, linux], 'results that stdout does not take', () => {
  it.each([
    ['--help'],
    ['--version'],
    ['detect', '--help'],
    ['cameras', '--json'],
    ['cameras'],
    ['train', '--list-architectures'],
    ['train', '--list-architectures', '--json'],
    ['detect', path('grey.pgm'), '--json'],
    ['detect', path('grey.pgm')],
    ['predict', path('grey.pgm')],
  ])('are an error of the storage: %s %s %s', async (...args) => {
    expectError(await moodlens(args, { stdout: '/dev/full' }), 1, /stdout.*the disk is full/, /\[STORAGE\]/);
  });
});

describeWith([built, linux, ...ffmpeg], 'an analysis whose lines stdout does not take', () => {
  it('still writes its video, and says what failed', async () => {
    const clip = path('clip.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=20:duration=1', clip]);
    const out = path('annotated.mp4');
    const ended = await moodlens(['analyze', clip, '--json', '--out', out], { stdout: '/dev/full' });
    expectError(ended, 1, /\[STORAGE\]/);
    expect(existsSync(out)).toBe(true);
  });

  it('prints its summary when the frames are limited, and when it is interrupted', async () => {
    const clip = path('long.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=20:duration=30', clip]);
    for (let i = 0; i < 3; i++) {
      const ended = await moodlens(['analyze', clip, '--frames', '5', '--json']);
      expect(ended.code, ended.stderr).toBe(0);
      const lines = ended.stdout.trim().split('\n');
      expect(lines).toHaveLength(6);
      expect(JSON.parse(lines[5]!)).toMatchObject({ summary: { frames: 5 } });
    }
    const recorded = await moodlens(['record', clip, '--seconds', '1', '--out', path('one.mp4'), '--json']);
    expect(JSON.parse(recorded.stdout)).toMatchObject({ frames: 20 });
  });
});

describeWith(built, 'places where nothing can be written', () => {
  it.each([
    ['collect', 'ada', face, '--out', path('file.txt/people')],
    ['collect', 'ada', face, '--out', '/proc/none/people'],
    ['detect', path('grey.pgm'), '--out', path('file.txt/deep')],
    ['detect', path('grey.pgm'), '--out', '/proc/none/deep'],
  ])('are an error of the storage: %s %s %s %s %s', async (...args) => {
    expectError(await moodlens(args), 1, /\[STORAGE\]/);
  });

  it('are told of by a training before it begins', async () => {
    const data = path('dataset');
    mkdirSync(path('pictures/happy'), { recursive: true });
    mkdirSync(path('pictures/sad'), { recursive: true });
    for (const name of ['happy/a.pgm', 'happy/b.pgm', 'sad/a.pgm', 'sad/b.pgm']) {
      const pixels = Buffer.alloc(1024, name.length * 7 + name.charCodeAt(0));
      for (let i = 0; i < 1024; i++) pixels[i] = (i * name.charCodeAt(name.length - 5)) % 256;
      writeFileSync(path(`pictures/${name}`), Buffer.concat([Buffer.from('P5 32 32 255\n'), pixels]));
    }
    const imported = await moodlens(['data', 'import', path('pictures'), '--out', data, '--labels', 'happy,sad']);
    expect(imported.code, imported.stderr).toBe(0);
    const config = path('config.json');
    writeFileSync(config, '{"validation": null, "epochs": 1, "batchSize": 2}');
    for (const out of ['/proc/none/run', path('file.txt/run')]) {
      expectError(await moodlens(['train', '--data', data, '--out', out, '--config', config]), 1, /\[STORAGE\]/);
    }
  });

  it('include a working folder that was removed', async () => {
    const script = `cd ${path('.')} && mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"`;
    const child = spawn('sh', ['-c', script, process.execPath, main, 'train', '--data', 'x', '--out', 'y']);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expectError({ code, stderr, stdout: '' }, 1, /was removed/, /\[STORAGE\]/);
  });
});

describeWith([built, requireMount()], 'disks that take nothing', () => {
  let disk: SmallDisk;
  const pictures = path('disk');
  afterAll(() => disk?.unmount());

  it('are an error of the storage, full or read-only', async () => {
    disk = mountSmallDisk(pictures, 64);
    writeFileSync(join(pictures, 'filler'), Buffer.alloc(64 * 1024 - 4096));
    expectError(await moodlens(['detect', face, '--out', join(pictures, 'out')]), 1, /disk is full/, /\[STORAGE\]/);
    const collect = ['collect', 'ada', face, '--out', join(pictures, 'people')];
    expectError(await moodlens(collect), 1, /disk is full/, /\[STORAGE\]/);
    disk.makeReadOnly();
    expectError(await moodlens(collect), 1, /read-only/, /\[STORAGE\]/);
    expectError(await moodlens(['detect', face, '--out', join(pictures, 'more')]), 1, /read-only/, /\[STORAGE\]/);
  });
});

describeWith([built, linux], 'files that are none', () => {
  const fifo = path('fifo');
  beforeAll(() => execFileSync('mkfifo', [fifo]));

  it.each(['/dev/zero', '/dev/urandom', fifo, root])('are refused as any input: %s', async (place) => {
    const isFolder = place === root;
    const cases: readonly (readonly [readonly string[], number])[] = [
      // A folder is taken for the pictures in it.
      ...(isFolder ? [] : [[['detect', place], 1] as const, [['predict', place], 1] as const]),
      [['predict', path('grey.pgm'), '--model', place], 2],
      [['predict', path('grey.pgm'), '--personal', place], 2],
      [['people', 'predict', path('grey.pgm'), '--people', place], 2],
      [['train', '--data', path('none'), '--out', path('run'), '--config', place], 2],
      [['ensemble', place, place, '--out', path('out.onnx')], 2],
      [['study', 'list', '--storage', place], 1],
      ...(isFolder ? [] : [[['data', 'import', place, '--out', path('new')], 2] as const]),
    ];
    for (const [args, code] of cases) {
      const ended = await moodlens(args);
      expectError(ended, code, /folder|device or a pipe|be a file|moodlens/);
    }
  });
});
