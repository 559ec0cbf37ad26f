// A Kinect's recording, made by the test, played by Debian's libfreenect; and everything that can be wrong with one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../../tests/requirements.js';
import { ConfigError, DeviceError, MediaError } from '../../../core/errors.js';
import type { Frame } from '../../../core/ports/frame-source.js';
import { openKinect } from './kinect.js';
import { checkKinectDump, KinectDumpWriter } from './kinect-dump.js';
import { kinectFrameBytes, readKinectFrame } from './kinect-format.js';
import { findKinectLibraries } from './kinect-libraries.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-kinect-'));
const path = (...names: string[]) => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const fake = findKinectLibraries(true);
const installed = {
  path: fake?.driver ?? 'libfreenect',
  missing: fake ? undefined : 'libfreenect is not installed (apt-get install libfreenect0.5)',
};

/** Grey that tells the frame's number, and depth that tells the place. */
function frame(index: number): Frame {
  const [width, height] = [640, 480];
  const depth = Uint16Array.from({ length: width * height }, (_, i) => (i % 7 === 0 ? 2047 : 400 + (i % 640)));
  const picture = { width, height, channels: 3 as const, data: new Uint8Array(3 * width * height).fill(10 * index) };
  return { index, timeMs: (index * 1000) / 30, picture, depth: { width, height, kind: 'disparity', data: depth } };
}

const count = 12;
/** Longer than a busy machine keeps the library waiting; the end of a recording is told by its last frame. */
const silentMs = 60_000;
beforeAll(async () => {
  const writer = await KinectDumpWriter.create(path('dump'));
  for (let i = 0; i < count; i++) await writer.write(frame(i));
});

describe('a recording of a Kinect', () => {
  it('is whole after every frame, in the form that fakenect reads', async () => {
    await checkKinectDump(path('dump'));
    const names = readFileSync(path('dump', 'INDEX.txt'), 'utf8').trim().split('\n');
    expect(names).toHaveLength(2 * count);
    expect(names.slice(0, 4)).toEqual([
      'd-0.000000-0.pgm',
      'r-0.000000-0.ppm',
      'd-0.033333-2000.pgm',
      'r-0.033333-2000.ppm',
    ]);
    const depth = readFileSync(path('dump', names[0]!));
    const head = 'P5 640 480 65535\n';
    expect(depth.toString('latin1', 0, head.length)).toBe(head);
    expect([depth.readUInt16LE(head.length), depth.readUInt16LE(head.length + 2)]).toEqual([2047, 401]);
    await expect(KinectDumpWriter.create(path('dump'))).rejects.toBeInstanceOf(ConfigError);
  });

  it('takes only raw disparity', async () => {
    const writer = await KinectDumpWriter.create(path('other'));
    const { depth, ...plain } = frame(0);
    await expect(writer.write(plain)).rejects.toThrow(/holds raw disparity/);
    await expect(writer.write({ ...plain, depth: { ...depth!, kind: 'millimetres' } })).rejects.toBeInstanceOf(
      ConfigError,
    );
  });

  it.each<[string, (at: string) => void, RegExp]>([
    ['nothing', () => undefined, /no INDEX.txt/],
    ['an empty index', (at: string) => writeFileSync(join(at, 'INDEX.txt'), ''), /no depth in it/],
    [
      'a path that leads out',
      (at: string) => writeFileSync(join(at, 'INDEX.txt'), 'd-0-0.pgm\nr-../../x-0.ppm\n'),
      /"r-\.\.\/\.\.\/x-0\.ppm" in line 2/,
    ],
    [
      'a file that is missing',
      (at: string) => writeFileSync(join(at, 'INDEX.txt'), 'd-0.1-5.pgm\nr-0.1-5.ppm\n'),
      /no file d-0\.1-5\.pgm/,
    ],
    [
      'a file that is cut',
      (at: string) => {
        writeFileSync(join(at, 'INDEX.txt'), 'd-0.1-5.pgm\nr-0.1-5.ppm\n');
        writeFileSync(join(at, 'd-0.1-5.pgm'), 'P5 640 480 65535\n');
      },
      /d-0\.1-5\.pgm with 17 bytes, cut short/,
    ],
    [
      'a picture without its header',
      (at: string) => {
        writeFileSync(join(at, 'INDEX.txt'), 'd-0.1-5.pgm\nr-0.1-5.ppm\n');
        writeFileSync(join(at, 'd-0.1-5.pgm'), Buffer.alloc(700_000, 7));
      },
      /d-0\.1-5\.pgm without the header/,
    ],
    [
      'a link that leads out',
      (at: string) => {
        writeFileSync(join(at, 'INDEX.txt'), 'd-0.1-5.pgm\nr-0.1-5.ppm\n');
        symlinkSync(path('dump', 'd-0.000000-0.pgm'), join(at, 'd-0.1-5.pgm'));
      },
      /no file d-0\.1-5\.pgm/,
    ],
    ['a pipe for its index', (at: string) => void execFileSync('mkfifo', [join(at, 'INDEX.txt')]), /no INDEX\.txt/],
    [
      'the line ends of Windows',
      (at: string) => writeFileSync(join(at, 'INDEX.txt'), 'd-0.1-5.pgm\r\nr-0.1-5.ppm\r\n'),
      /lines that end as those of Windows/,
    ],
  ])('is refused with %s, before the library sees it', async (name, make, message) => {
    const at = path(name.replaceAll(' ', '-'));
    mkdirSync(at);
    make(at);
    await expect(openKinect({ dump: at })).rejects.toBeInstanceOf(MediaError);
    await expect(checkKinectDump(at)).rejects.toThrow(message);
  });

  it('is refused whatever its index says', async () => {
    const at = path('fuzz');
    mkdirSync(at);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(fc.string()).map((lines) => lines.join('\n')),
        ),
        async (text) => {
          writeFileSync(join(at, 'INDEX.txt'), text);
          await expect(checkKinectDump(at)).rejects.toBeInstanceOf(MediaError);
        },
      ),
    );
  });
});

it('a frame is read as the process writes it', () => {
  const bytes = new Uint8Array(kinectFrameBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xfffffffe, true);
  bytes[4] = 9;
  view.setUint16(kinectFrameBytes - 2, 2047, true);
  const { stamp, rgb, depth } = readKinectFrame(bytes);
  expect([stamp, rgb[0], rgb.length, depth.at(-1)]).toEqual([0xfffffffe, 9, 921_600, 2047]);
});

it('libraries of both versions are found, fakenect only for recordings', () => {
  for (const [folder, files] of [
    ['old', ['libfreenect.so.0.5', 'libfreenect_sync.so.0.5', 'fakenect/libfreenect.so.0.5']],
    ['new', ['libfreenect.so.0', 'libfreenect_sync.so.0', 'libfakenect.so.0']],
  ] as const) {
    for (const file of files) {
      mkdirSync(join(path(folder), file, '..'), { recursive: true });
      writeFileSync(join(path(folder), file), '');
    }
    const at = (name: string) => join(path(folder), name);
    expect(findKinectLibraries(false, [path('none'), path(folder)])).toEqual({
      driver: at(files[0]),
      sync: at(files[1]),
    });
    expect(findKinectLibraries(true, [path(folder)])).toEqual({ driver: at(files[2]), sync: at(files[1]) });
  }
  expect(findKinectLibraries(true, [path('none')])).toBeUndefined();
});

describeWith(installed, 'a Kinect through libfreenect', () => {
  it('plays a recording: newest frames in order, depth raw, pixel for pixel, to its end', async () => {
    const source = await openKinect({ dump: path('dump'), stallMs: silentMs });
    const frames: Frame[] = [];
    for await (const one of source) frames.push(one);
    // On a busy machine the library leaves most of them out.
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.length + source.dropped).toBeLessThanOrEqual(count);
    const numbers = frames.map(({ picture }) => picture.data[0]! / 10);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const last = frames.at(-1)!;
    expect(last.depth!.kind).toBe('disparity');
    expect(last.depth!.data).toEqual(frame(0).depth!.data);
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i));
  });

  it('records what it plays', async () => {
    const source = await openKinect({ dump: path('dump'), stallMs: silentMs });
    const writer = await KinectDumpWriter.create(path('copy'));
    for await (const one of source) await writer.write(one);
    await checkKinectDump(path('copy'));
    const [depth] = readdirSync(path('copy')).filter((name) => name.startsWith('d-'));
    expect(readFileSync(path('copy', depth!))).toEqual(readFileSync(path('dump', 'd-0.000000-0.pgm')));
  });

  it('says that there is no device, and what ends the library', async () => {
    const none = openKinect();
    await expect(none).rejects.toBeInstanceOf(DeviceError);
    await expect(none).rejects.toThrow(/the Kinect cannot be read .*check its plug/);
  });

  it('plays a recording with a pause in it that is longer than a device may pause', async () => {
    const at = path('pause');
    const writer = await KinectDumpWriter.create(at);
    const pauseMs = 8000;
    for (let i = 0; i < 16; i++) {
      const { timeMs, ...one } = frame(i);
      await writer.write({ ...one, timeMs: timeMs + (i < 6 ? 0 : pauseMs) });
    }
    expect((await checkKinectDump(at)).longestGapMs).toBeGreaterThan(pauseMs);
    let seen = 0;
    for await (const { picture } of await openKinect({ dump: at, stallMs: 7000 }))
      seen = Math.max(seen, picture.data[0]!);
    expect(seen).toBeGreaterThan(100);
    const single = path('single');
    await (await KinectDumpWriter.create(single)).write(frame(0));
    await expect(openKinect({ dump: single })).rejects.toThrow(/a single picture/);
  });

  it('can be left at any time', async () => {
    const source = await openKinect({ dump: path('dump') });
    for await (const one of source) {
      expect(one.index).toBe(0);
      break;
    }
    await source.close();
  });
});

it('says how to install the library where there is none', async () => {
  const libraries = { driver: path('nothing.so'), sync: path('nothing_sync.so') };
  await expect(openKinect({ libraries, stallMs: silentMs })).rejects.toThrow(
    /libfreenect cannot be loaded: .*nothing\.so/,
  );
});
