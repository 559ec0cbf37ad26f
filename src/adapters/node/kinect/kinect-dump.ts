// Recordings of a Kinect v1 as fakenect plays and libfreenect's own recorder writes them: INDEX.txt and a file for each picture.
import { appendFile, open, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ConfigError, MediaError } from '../../../core/errors.js';
import type { Frame } from '../../../core/ports/frame-source.js';
import type { FrameWriter } from '../../../core/ports/frame-writer.js';
import { makeFolder } from '../make-folder.js';
import { reading, writing } from '../storage-error.js';
import { kinectSize } from './kinect-format.js';

const INDEX = 'INDEX.txt';
const entry = /^[dra]-\d+(\.\d+)?-\d+\.(pgm|ppm|dump)$/;

/** What is known of a recording before it is played. */
export interface KinectDumpFacts {
  /** Of its last depth picture, ticks of the camera's clock. */
  readonly lastStamp: number;
  /** Between two of its pictures. */
  readonly longestGapMs: number;
}

/** Far more than an hour's. */
const largestIndex = 64 * 1024 * 1024;

/**
 * Reads what a recording holds. Throws MediaError for what fakenect would end the process over or read past its buffer for: no
 * index, a file that is missing, short, without its header, or elsewhere.
 */
export async function checkKinectDump(folder: string): Promise<KinectDumpFacts> {
  const refuse = (found: string): never => {
    throw new MediaError(
      `${folder} must be a recording of a Kinect (INDEX.txt and its pictures), found ${found}; record it again`,
    );
  };
  const root = await realpath(folder).catch(() => refuse('no INDEX.txt'));
  // A pipe would let us wait for ever; a link may lead to another file of the folder, as short recordings are looped, but not out.
  const fileIn = async (name: string): Promise<{ path: string; size: number } | undefined> => {
    const path = await realpath(join(root, name)).catch(() => undefined);
    const found = path?.startsWith(root + sep) ? await stat(path).catch(() => undefined) : undefined;
    return path && found?.isFile() ? { path, size: found.size } : undefined;
  };
  const index = (await fileIn(INDEX)) ?? refuse('no INDEX.txt');
  if (index.size > largestIndex) refuse(`an INDEX.txt of ${index.size} bytes`);
  const text = await reading(index.path, () => readFile(index.path, 'utf8'));
  if (text.includes('\r')) refuse('lines that end as those of Windows in INDEX.txt');
  const names = text.split('\n').filter((line) => line !== '');
  for (const [i, name] of names.entries()) {
    if (!entry.test(name)) refuse(`${JSON.stringify(name.slice(0, 60))} in line ${i + 1} of INDEX.txt`);
  }
  const count = (kind: 'd' | 'r') => names.filter((name) => name.startsWith(`${kind}-`)).length;
  if (count('d') === 0) refuse('no depth in it');
  if (count('r') === 0) refuse('no colour in it');
  for (const [i, name] of names.entries()) {
    const file = (await fileIn(name)) ?? refuse(`no file ${name}, which line ${i + 1} of INDEX.txt names`);
    const least = await leastBytes(file.path, name[0] as 'd' | 'r' | 'a');
    if (least === undefined) refuse(`${name} without the header of a picture of 640 x 480`);
    else if (file.size < least) refuse(`${name} with ${file.size} bytes, cut short`);
  }
  if (Math.min(count('d'), count('r')) < 2) refuse('a single picture, and at least two are played');
  const times = names.map((name) => 1000 * Number(/^.-([\d.]+)-/.exec(name)![1]));
  return {
    lastStamp: Number(/-(\d+)\.\w+$/.exec(names.findLast((name) => name.startsWith('d-'))!)![1]),
    longestGapMs: times.slice(1).reduce((longest, time, i) => Math.max(longest, time - times[i]!), 0),
  };
}

/** Of a file of that kind with its header; undefined when there is none. */
async function leastBytes(path: string, kind: 'd' | 'r' | 'a'): Promise<number | undefined> {
  if (kind === 'a') return 1;
  const head = Buffer.alloc(64);
  const file = await open(path);
  const { bytesRead } = await file.read(head, 0, head.length, 0).finally(() => file.close());
  const line = new RegExp(`^P${kind === 'd' ? 5 : 6} ${kinectSize.width} ${kinectSize.height} \\d+\\n`);
  const header = line.exec(head.toString('latin1', 0, bytesRead))?.[0];
  if (header === undefined) return undefined;
  return header.length + (kind === 'd' ? 2 : 3) * kinectSize.width * kinectSize.height;
}

/** Writes a recording, a frame after the other. */
export class KinectDumpWriter implements FrameWriter {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws ConfigError when there is something of that name already. */
  static async create(folder: string): Promise<KinectDumpWriter> {
    if (await stat(folder).catch(() => undefined)) {
      throw new ConfigError(`${folder} must not exist yet: a recording gets a folder of its own; name another`);
    }
    await writing(folder, () => makeFolder(folder));
    return new KinectDumpWriter(folder);
  }

  /** A frame with raw disparity. The index is whole after each one. */
  async write({ picture, depth, timeMs }: Frame): Promise<void> {
    if (depth?.kind !== 'disparity' || picture.channels !== 3) {
      throw new ConfigError(
        'a recording of a Kinect holds raw disparity beside colour; this source gives other depth, or none',
      );
    }
    const { width, height } = picture;
    const name = (kind: string, ending: string) =>
      // The second number counts ticks of the camera's clock, 60 kHz.
      `${kind}-${(timeMs / 1000).toFixed(6)}-${Math.round(timeMs * 60) >>> 0}.${ending}`;
    const [d, r] = [name('d', 'pgm'), name('r', 'ppm')];
    const raw = Buffer.alloc(2 * depth.data.length);
    depth.data.forEach((value, i) => {
      raw.writeUInt16LE(value, 2 * i);
    });
    await writing(this.#folder, async () => {
      // Little endian, as libfreenect writes it and PGM does not.
      await writeFile(join(this.#folder, d), Buffer.concat([Buffer.from(`P5 ${width} ${height} 65535\n`), raw]));
      await writeFile(
        join(this.#folder, r),
        Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), Uint8Array.from(picture.data)]),
      );
      await appendFile(join(this.#folder, INDEX), `${d}\n${r}\n`);
    });
  }
}
