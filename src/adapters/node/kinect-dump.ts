// Recordings of a Kinect v1 as fakenect plays and libfreenect's own recorder writes them: INDEX.txt and a file for each picture.
import { appendFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, MediaError } from '../../core/errors.js';
import type { Frame } from '../../core/ports/frame-source.js';
import { kinectSize } from './kinect-format.js';
import { reading, writing } from './storage-error.js';

const INDEX = 'INDEX.txt';
const entry = /^[dra]-\d+(\.\d+)?-\d+\.(pgm|ppm|dump)$/;

/**
 * The time stamp of its last depth picture. Throws MediaError for what fakenect would end the process over: no index, a file
 * that is missing, short or elsewhere.
 */
export async function checkKinectDump(folder: string): Promise<number> {
  const refuse = (found: string): never => {
    throw new MediaError(
      `${folder} must be a recording of a Kinect (INDEX.txt and its pictures), found ${found}; record it again`,
    );
  };
  const text = await reading(folder, () => readFile(join(folder, INDEX), 'utf8')).catch(
    (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) return refuse('no INDEX.txt');
      throw error;
    },
  );
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const kind of ['d', 'r'])
    if (!names.some((name) => name.startsWith(`${kind}-`))) refuse(`no ${kind === 'd' ? 'depth' : 'colour'} in it`);
  for (const [i, name] of names.entries()) {
    if (!entry.test(name) || basename(name) !== name)
      refuse(`${JSON.stringify(name.slice(0, 60))} in line ${i + 1} of INDEX.txt`);
  }
  const least = { d: 2 * kinectSize.width * kinectSize.height, r: 3 * kinectSize.width * kinectSize.height, a: 1 };
  for (const [i, name] of names.entries()) {
    const size = await stat(join(folder, name)).then(
      (found) => (found.isFile() ? found.size : -1),
      () => -1,
    );
    if (size < 0) refuse(`no file ${name}, which line ${i + 1} of INDEX.txt names`);
    if (size < least[name[0] as 'd' | 'r' | 'a']) refuse(`${name} with ${size} bytes, cut short`);
  }
  return Number(/-(\d+)\.\w+$/.exec(names.findLast((name) => name.startsWith('d-'))!)![1]);
}

/** Writes a recording, a frame after the other. */
export class KinectDumpWriter {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws ConfigError when there is something of that name already. */
  static async create(folder: string): Promise<KinectDumpWriter> {
    if (await stat(folder).catch(() => undefined)) {
      throw new ConfigError(`${folder} must not exist yet: a recording gets a folder of its own; name another`);
    }
    await writing(folder, () => mkdir(folder, { recursive: true }));
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
