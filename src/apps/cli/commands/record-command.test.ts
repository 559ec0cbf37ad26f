// `moodlens record` and `cameras`: a real video in, a real video out.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { describeWith, requireCommand } from '../../../../tests/requirements.js';
import { KinectDumpWriter } from '../../../adapters/node/kinect/kinect-dump.js';
import { findKinectLibraries } from '../../../adapters/node/kinect/kinect-libraries.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-record-'));
const path = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith([requireCommand('ffmpeg'), requireCommand('ffprobe')], 'moodlens record', () => {
  beforeAll(() => {
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc=size=64x48:rate=20:duration=2',
      path('clip.mkv'),
    ]);
  });

  const framesOf = (file: string) =>
    Number(
      execFileSync('ffprobe', [
        '-v',
        'error',
        '-count_frames',
        '-show_entries',
        'stream=nb_read_frames',
        '-of',
        'csv=p=0',
        file,
      ])
        .toString()
        .trim(),
    );

  it('writes every frame, at the rate of the source or another one, for as long as asked', async () => {
    const whole = await runCli('record', path('clip.mkv'), '--out', path('whole.mp4'), '--json');
    expect(whole.code, whole.stderr).toBe(0);
    expect(JSON.parse(whole.stdout)).toEqual({ out: path('whole.mp4'), frames: 40, seconds: 2, dropped: 0 });
    expect(framesOf(path('whole.mp4'))).toBe(40);
    const part = await runCli(
      'record',
      path('clip.mkv'),
      '--out',
      path('part.mkv'),
      '--seconds',
      '1',
      '--fps',
      '10',
      '--json',
    );
    expect(JSON.parse(part.stdout)).toMatchObject({ frames: 10, seconds: 1 });
    expect(framesOf(path('part.mkv'))).toBe(10);
  });

  it('says what is wrong, and leaves no file then', async () => {
    writeFileSync(path('text.mp4'), 'no video');
    for (const [args, code] of [
      [[path('text.mp4'), '--out', path('out.mp4')], 1],
      [[path('clip.mkv'), '--out', path('out.gif')], 2],
      [[path('clip.mkv'), '--out', path('out.mp4'), '--seconds', '0'], 2],
      [['camera:no such camera', '--out', path('out.mp4')], 1],
      [['ftp://x/y', '--out', path('out.mp4')], 2],
    ] as const) {
      expect((await runCli('record', ...args)).code, args.join(' ')).toBe(code);
    }
    expect(existsSync(path('out.mp4'))).toBe(false);
    expect(readdirSync(root).filter((name) => name.includes('.part'))).toEqual([]);
  });

  const libfreenect = {
    path: 'libfreenect',
    missing: findKinectLibraries(true) ? undefined : 'libfreenect is not installed (apt-get install libfreenect0.5)',
  };
  describeWith([libfreenect], 'of a Kinect', () => {
    it('keeps depth in a folder, also in one whose name ends with a number', async () => {
      const [width, height] = [640, 480];
      const depth = { width, height, kind: 'disparity' as const, data: new Uint16Array(width * height).fill(700) };
      const picture = { width, height, channels: 3 as const, data: new Uint8Array(width * height * 3) };
      const writer = await KinectDumpWriter.create(path('dump'));
      for (let i = 0; i < 10; i++) await writer.write({ index: i, timeMs: i * 33, picture, depth });
      const { code, stderr } = await runCli('record', '--kinect', path('dump'), '--out', path('hall.2026'));
      expect(code, stderr).toBe(0);
      expect(readdirSync(path('hall.2026'))).toContain('INDEX.txt');
    });
  });

  it('lists cameras', async () => {
    const { code, stdout } = await runCli('cameras', '--json');
    expect(code).toBe(0);
    expect(Array.isArray(JSON.parse(stdout))).toBe(true);
  });
});
