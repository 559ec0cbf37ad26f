// Frames in and out of real video files that the tests make with the system's ffmpeg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, requireCommand } from '../../../../tests/requirements.js';
import { ConfigError, DeviceError, MediaError } from '../../../core/errors.js';
import type { Frame } from '../../../core/ports/frame-source.js';
import { openVideo, type VideoSource } from './ffmpeg.js';
import { openEncoder } from './ffmpeg-encoder.js';

const ffmpeg = [requireCommand('ffmpeg'), requireCommand('ffprobe')];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moodlens-ffmpeg-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(name: string, ...programArguments: string[]): string {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...programArguments, path]);
  return path;
}
const testPicture = (seconds: number, rate = 30) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc=size=64x48:rate=${rate}:duration=${seconds}`,
];

async function readAll(source: VideoSource): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of source) frames.push(frame);
  return frames;
}

describe('without ffmpeg', () => {
  it('says that ffmpeg is missing and how to install it', async () => {
    const path = join(folder, 'any.mp4');
    writeFileSync(path, 'x');
    const programs = { ffmpeg: 'no-such-ffmpeg', ffprobe: 'no-such-ffprobe' };
    const install = /install it: .*install.*ffmpeg/i;
    await expect(openVideo(path, programs)).rejects.toThrow(install);
    await expect(openVideo(path, programs)).rejects.toBeInstanceOf(DeviceError);
    const size = { width: 4, height: 4, framesPerSecond: 1 };
    await expect(openEncoder(join(folder, 'o.mp4'), { ...size, ...programs })).rejects.toThrow(install);
  });

  it('refuses sources that are no file and no known address', async () => {
    await expect(openVideo('concat://a|b')).rejects.toBeInstanceOf(ConfigError);
    await expect(openVideo('ftp://host/a.mp4')).rejects.toThrow(/file, http\(s\):\/\/ or rtsp/);
    await expect(openVideo(join(folder, 'missing.mp4'))).rejects.toThrow(/no such file/);
    await expect(openVideo(folder)).rejects.toThrow(/must be a video file/);
    const empty = join(folder, 'empty.mp4');
    writeFileSync(empty, '');
    await expect(openVideo(empty)).rejects.toThrow(/is empty/);
  });
});

describeWith(ffmpeg, 'openVideo', () => {
  it('gives every frame in order with the exact pixels of a lossless file', async () => {
    const path = make('lossless.mkv', ...testPicture(1), '-c:v', 'ffv1', '-pix_fmt', 'bgr0');
    const reference = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], {
      maxBuffer: 1e8,
    });
    const source = await openVideo(path);
    expect(source).toMatchObject({ width: 64, height: 48, framesPerSecond: 30, estimatedFrames: 30 });
    let expected = 0;
    for await (const { index, picture, timeMs } of source) {
      // A slow reader loses nothing.
      if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
      expect(index).toBe(expected);
      expect(timeMs).toBeCloseTo(index * (1000 / 30), -0.3);
      expect(picture).toMatchObject({ width: 64, height: 48, channels: 3 });
      expect(Buffer.compare(Uint8Array.from(picture.data), reference.subarray(index * 9216, (index + 1) * 9216))).toBe(
        0,
      );
      expected++;
    }
    expect(expected).toBe(30);
  });

  it('gives frames the irregular times that their file gives them', async () => {
    const select = "select='not(eq(mod(n,5),2))',setpts=PTS+if(gt(N\\,10)\\,0.5/TB\\,0)";
    const path = make('irregular.mkv', ...testPicture(1), '-vf', select, '-vsync', 'vfr');
    const times = (await readAll(await openVideo(path))).map(({ timeMs }) => Math.round(timeMs));
    const packets = execFileSync('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'packet=pts_time',
      '-of',
      'csv=p=0',
      path,
    ]);
    const expected = packets
      .toString()
      .trim()
      .split('\n')
      .map((line) => Math.round(Number.parseFloat(line) * 1000));
    expect(times).toEqual(expected.sort((a, b) => a - b));
    expect(times).toHaveLength(24);
  });

  it('turns pictures upright and widens pixels that are not square', async () => {
    const flat = make('flat.mp4', ...testPicture(0.2), '-pix_fmt', 'yuv420p');
    const turned = make('turned.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v:0', 'rotate=90');
    const wide = make('wide.mp4', ...testPicture(0.2), '-vf', 'setsar=2/1', '-pix_fmt', 'yuv420p');
    const [upright] = await readAll(await openVideo(turned));
    expect(upright!.picture).toMatchObject({ width: 48, height: 64 });
    const [square] = await readAll(await openVideo(wide));
    expect(square!.picture).toMatchObject({ width: 128, height: 48 });
  });

  it('shrinks to maxSide', async () => {
    const path = make('shrink.mp4', ...testPicture(0.1), '-pix_fmt', 'yuv420p');
    const source = await openVideo(path, { maxSide: 32 });
    expect(source).toMatchObject({ width: 32, height: 24 });
    const frames = await readAll(source);
    expect(frames).toHaveLength(3);
    expect(frames[0]!.picture.data).toHaveLength(32 * 24 * 3);
    await expect(openVideo(path, { maxSide: 0 })).rejects.toBeInstanceOf(ConfigError);
  });

  it('keeps the first size when the picture size changes in the middle', async () => {
    const small = make('small.ts', ...testPicture(0.5), '-pix_fmt', 'yuv420p');
    const large = make(
      'large.ts',
      '-f',
      'lavfi',
      '-i',
      'testsrc=size=128x96:rate=30:duration=0.5',
      '-pix_fmt',
      'yuv420p',
    );
    const both = join(folder, 'both.ts');
    writeFileSync(both, Buffer.concat([readFileSync(small), readFileSync(large)]));
    const frames = await readAll(await openVideo(both));
    expect(frames.length).toBeGreaterThan(24);
    expect(new Set(frames.map(({ picture }) => `${picture.width}x${picture.height}:${picture.data.length}`))).toEqual(
      new Set(['64x48:9216']),
    );
  });

  it('takes hostile file names as names', async () => {
    const path = make('plain.mp4', ...testPicture(0.1), '-pix_fmt', 'yuv420p');
    for (const name of ['-y.mp4', 'a%03d.mp4', 'b;echo $(id) *.mp4', 'pipe:0', 'concat:a|b.mp4', 'é ü.mp4']) {
      const copy = join(folder, name);
      writeFileSync(copy, readFileSync(path));
      expect(await readAll(await openVideo(copy)), name).toHaveLength(3);
    }
  });

  it('refuses what is not a video, and files that point to other files', async () => {
    const plain = make('target.mp4', ...testPicture(0.1), '-pix_fmt', 'yuv420p');
    const bad = {
      'words.txt': 'hello world, this is no video\n'.repeat(50),
      'words.mp4': 'hello world, this is no video\n'.repeat(50),
      'list.ffconcat': `ffconcat version 1.0\nfile '${plain}'\n`,
      'list.m3u8': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${plain}\n#EXT-X-ENDLIST\n`,
    };
    for (const [name, content] of Object.entries(bad)) {
      const path = join(folder, name);
      writeFileSync(path, content);
      await expect(openVideo(path), name).rejects.toThrow(/must be a video that ffmpeg reads; ffmpeg said: /);
      await expect(openVideo(path), name).rejects.toBeInstanceOf(MediaError);
    }
    const sound = make('sound.wav', '-f', 'lavfi', '-i', 'sine=duration=0.1');
    await expect(openVideo(sound)).rejects.toBeInstanceOf(MediaError);
  });

  it('says what is wrong with a file cut before its index', async () => {
    const whole = readFileSync(make('index-last.mp4', ...testPicture(2), '-pix_fmt', 'yuv420p'));
    const cut = join(folder, 'cut.mp4');
    writeFileSync(cut, whole.subarray(0, whole.length >> 1));
    await expect(openVideo(cut)).rejects.toThrow(/moov/);
  });

  it.each([
    ['faststart.mp4', ['-movflags', '+faststart']],
    ['cut.mkv', []],
    ['cut.avi', []],
  ])('delivers the frames before the cut of %s, then says where it ended', async (name, more) => {
    const whole = readFileSync(make(name, ...testPicture(4), '-pix_fmt', 'yuv420p', '-g', '10', ...more));
    const path = join(folder, `cut-${name}`);
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const frames: Frame[] = [];
    const reading = (async () => {
      for await (const frame of await openVideo(path)) frames.push(frame);
    })();
    await expect(reading).rejects.toThrow(/ends too early: \d+ frames .* were read before the cut/);
    await expect(reading).rejects.toBeInstanceOf(MediaError);
    expect(frames.length).toBeGreaterThan(30);
    expect(frames.length).toBeLessThan(120);
  });

  it('ends ffmpeg when the reader stops early, and can be read once', async () => {
    const path = make('long.mp4', ...testPicture(30), '-pix_fmt', 'yuv420p');
    const source = await openVideo(path);
    for await (const { index } of source) if (index === 3) break;
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain(`file:${path}`);
    await expect(readAll(source)).rejects.toThrow(RangeError);
    await source.close();
    const unread = await openVideo(path);
    await unread.close();
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain(`file:${path}`);
    expect(await readAll(unread)).toEqual([]);
  });

  // Small pictures: one chunk of the pipe completes several of them after ffmpeg was killed.
  it.each([0, 1, 2, 5, 17])('closes a video of small pictures after %i frames, whenever that is', async (last) => {
    const path = make(`closed-${last}.mp4`, ...testPicture(8), '-pix_fmt', 'yuv420p');
    for (let repetition = 0; repetition < 8; repetition++) {
      const source = await openVideo(path);
      let read = 0;
      if (repetition % 2 === 0) for await (const _ of source) if (++read > last) break;
      await source.close();
    }
  });

  it('closes a video while its frames are read', async () => {
    const path = make('closed-meanwhile.mp4', ...testPicture(8), '-pix_fmt', 'yuv420p');
    for (let last = 0; last < 20; last++) {
      const source = await openVideo(path);
      let newest = -1;
      for await (const { index } of source) {
        newest = index;
        if (index === last) void source.close();
      }
      expect(newest).toBe(last);
    }
  });

  it('gives a slow reader the newest frame when asked to', async () => {
    const path = make('newest.mp4', ...testPicture(4), '-pix_fmt', 'yuv420p');
    const seen: number[] = [];
    const source = await openVideo(path, { delivery: 'newest' });
    for await (const { index } of source) {
      seen.push(index);
      if (seen.length === 1) await expect.poll(() => source.dropped).toBeGreaterThan(50);
    }
    expect(seen.length).toBeLessThan(70);
    expect(seen.at(-1)).toBe(119);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('reads a video over http and names an address that does not answer', async () => {
    const bytes = readFileSync(make('web.mp4', ...testPicture(0.5), '-pix_fmt', 'yuv420p', '-movflags', '+faststart'));
    const server = createServer((_, response) => response.end(bytes));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      expect(await readAll(await openVideo(`http://127.0.0.1:${port}/web.mp4`))).toHaveLength(15);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    const failed = openVideo(`http://user:secret@127.0.0.1:${port}/web.mp4`);
    await expect(failed).rejects.toBeInstanceOf(DeviceError);
    await expect(failed).rejects.toThrow(/cannot open http:\/\/127/);
    await expect(failed).rejects.not.toThrow(/secret/);
  });
});

describeWith(ffmpeg, 'openEncoder', () => {
  const picture = (width: number, height: number, value: number) =>
    ({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(value) }) as const;
  const leftovers = () => readdirSync(folder).filter((name) => name.endsWith('.part'));

  it.each(['out.mp4', 'out.mkv', 'deep/er/out.mov'])('writes %s that plays with every frame', async (name) => {
    const path = join(folder, name);
    const encoder = await openEncoder(path, { width: 63, height: 47, framesPerSecond: 24000 / 1001 });
    for (let i = 0; i < 48; i++) await encoder.write(picture(63, 47, i * 5));
    expect(() => readFileSync(path)).toThrow(/ENOENT/);
    await encoder.finish();
    const source = await openVideo(path);
    expect(source).toMatchObject({ width: 64, height: 48 });
    expect(source.framesPerSecond).toBeCloseTo(23.976, 1);
    const frames = await readAll(source);
    expect(frames).toHaveLength(48);
    // Grey survives H.264 to within a few steps, in its order.
    for (const [i, frame] of frames.entries()) {
      expect(Math.abs(frame.picture.data[(20 * 64 + 30) * 3]! - i * 5)).toBeLessThan(10);
    }
    expect(leftovers()).toEqual([]);
  });

  it('leaves the old file and nothing half-written when it is given up', async () => {
    const path = join(folder, 'kept.mp4');
    writeFileSync(path, 'old');
    const encoder = await openEncoder(path, { width: 64, height: 48, framesPerSecond: 30 });
    await encoder.write(picture(64, 48, 9));
    await expect(encoder.write(picture(60, 48, 9))).rejects.toThrow(RangeError);
    await encoder.abort();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(leftovers()).toEqual([]);
  });

  it('says why ffmpeg could not write', async () => {
    const path = join(folder, 'none.mp4');
    const encoder = await openEncoder(path, { width: 64, height: 48, framesPerSecond: 30 });
    // No frame at all makes no video.
    await expect(encoder.finish()).rejects.toThrow(DeviceError);
    expect(() => readFileSync(path)).toThrow(/ENOENT/);
    expect(leftovers()).toEqual([]);
  });

  it('refuses endings, sizes and rates that make no video', async () => {
    const size = { width: 64, height: 48, framesPerSecond: 30 };
    await expect(openEncoder(join(folder, 'a.txt'), size)).rejects.toBeInstanceOf(ConfigError);
    await expect(openEncoder(join(folder, 'a.mp4'), { ...size, width: 0 })).rejects.toBeInstanceOf(ConfigError);
    await expect(openEncoder(join(folder, 'a.mp4'), { ...size, framesPerSecond: 0 })).rejects.toBeInstanceOf(
      ConfigError,
    );
  });
});
