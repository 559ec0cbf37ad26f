// What is left of a video, and of the one that it was to replace, when the disk does not take it.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { mountSmallDisk, type SmallDisk } from '../../../../tests/fixtures/small-disk.js';
import { describeWith, requireCommand, requireMount } from '../../../../tests/requirements.js';
import { StorageError } from '../../../core/errors.js';
import { openVideo } from './ffmpeg.js';
import { openEncoder } from './ffmpeg-encoder.js';

const ffmpeg = [requireCommand('ffmpeg'), requireCommand('ffprobe')];
const root = mkdtempSync(join(tmpdir(), 'moodlens-encoder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const size = { width: 64, height: 48, framesPerSecond: 30 };

/** Noise, which no encoder makes small. */
function noise(seed: number) {
  let state = seed + 1;
  const data = Uint8Array.from({ length: 64 * 48 * 3 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
  return { width: 64, height: 48, channels: 3, data } as const;
}

/** Writes frames until one is refused, at most `most`; then finishes. Returns what was thrown. */
async function record(path: string, most: number, ffmpegProgram?: string): Promise<unknown> {
  try {
    const encoder = await openEncoder(path, { ...size, ...(ffmpegProgram ? { ffmpeg: ffmpegProgram } : {}) });
    try {
      for (let i = 0; i < most; i++) await encoder.write(noise(i));
      await encoder.finish();
    } finally {
      await encoder.abort();
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

async function framesOf(path: string): Promise<number> {
  let count = 0;
  const source = await openVideo(path);
  try {
    for await (const _ of source) count++;
  } catch {
    // The last part of a second was cut.
  }
  return count;
}

/** A program in place of ffmpeg. */
function program(name: string, script: string): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function keptFile(error: unknown): string {
  expect(error).toBeInstanceOf(StorageError);
  const [, path] = /kept in (.+), \d+ frames/.exec((error as Error).message) ?? [];
  expect(path, (error as Error).message).toBeDefined();
  return path!;
}

describeWith(ffmpeg, 'a video that cannot be written whole', () => {
  it.each(['mp4', 'mkv'])('is found damaged although ffmpeg said that all is well (.%s)', async (ending) => {
    const path = join(root, `damaged.${ending}`);
    writeFileSync(path, 'old');
    // The last argument is the file that ffmpeg writes.
    const damaging = program(
      'damaging',
      'ffmpeg "$@"; for last; do :; done; file=$(echo "$last" | sed s/^file://); test -f "$file" && truncate -s -3000 "$file"; exit 0',
    );
    const error = await record(path, 200, damaging);
    expect(error).toBeInstanceOf(StorageError);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('is kept up to a limit on the size of files', async () => {
    const path = join(root, 'limited.mp4');
    writeFileSync(path, 'old');
    const limited = program('limited', 'ulimit -f 400; exec ffmpeg "$@"');
    const error = await record(path, 2000, limited);
    expect(String(error)).toMatch(/a file of that size is not allowed/);
    expect(await framesOf(keptFile(error))).toBeGreaterThan(0);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('does not begin below a file, in a folder of that name or where no folder can be made', async () => {
    writeFileSync(join(root, 'file.txt'), 'x');
    for (const path of [join(root, 'file.txt/x.mp4'), join(root, 'file.txt/deep/x.mp4'), '/proc/none/deep/x.mp4']) {
      expect(await record(path, 1), path).toBeInstanceOf(StorageError);
    }
    execFileSync('mkdir', [join(root, 'folder.mp4')]);
    expect(await record(join(root, 'folder.mp4'), 1)).toBeInstanceOf(StorageError);
    expect(readdirSync(root).filter((name) => name.includes('folder'))).toEqual(['folder.mp4']);
  });
});

describeWith([...ffmpeg, requireMount()], 'a video on a full disk', () => {
  let disk: SmallDisk | undefined;
  afterEach(() => {
    disk?.unmount();
    disk = undefined;
  });

  it.each(['mp4', 'mov', 'mkv'])('keeps what was recorded before, and the old file (.%s)', async (ending) => {
    disk = mountSmallDisk(join(root, 'full'), 400);
    const path = join(disk.path, `out.${ending}`);
    writeFileSync(path, 'old');
    const error = await record(path, 2000);
    expect(String(error)).toMatch(/the disk is full/);
    const kept = keptFile(error);
    expect(kept).toBe(join(disk.path, `out.incomplete.${ending}`));
    expect(await framesOf(kept)).toBeGreaterThan(0);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(disk.path).sort()).toEqual([`out.${ending}`, `out.incomplete.${ending}`].sort());
  });

  it('keeps all of it when the room ends with the recording', async () => {
    const path = join(root, 'measured.mp4');
    expect(await record(path, 90)).toBeUndefined();
    const kib = Math.ceil(readFileSync(path).length / 1024);
    for (const room of [kib - 8, kib + 4, kib + 12, kib + 40]) {
      const small = mountSmallDisk(join(root, `room-${room}`), room);
      try {
        const target = join(small.path, 'out.mp4');
        writeFileSync(target, 'old');
        const kept = keptFile(await record(target, 90));
        expect(await framesOf(kept)).toBeGreaterThan(0);
        if (room > kib + 20) expect(await framesOf(kept)).toBe(90);
        expect(readFileSync(target, 'utf8')).toBe('old');
      } finally {
        small.unmount();
      }
    }
  });

  it('is refused at once on a read-only disk', async () => {
    disk = mountSmallDisk(join(root, 'read-only'), 400);
    disk.makeReadOnly();
    const error = await record(join(disk.path, 'deep/out.mp4'), 1);
    expect(error).toBeInstanceOf(StorageError);
    expect(String(error)).toMatch(/read-only/);
  });
});
