// Writes pictures into a video file with the system's ffmpeg.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigError, DeviceError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import {
  type FfmpegPrograms,
  ffmpegFeatures,
  ffmpegProgram,
  type RunningProgram,
  startProgram,
} from './ffmpeg-program.js';

export interface EncoderOptions extends FfmpegPrograms {
  /** Pixels; an odd size gets one black row or column, for H.264 wants even ones. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Of the pictures to come: 1 grey, 3 RGB, 4 RGBA. Default 3. */
  readonly channels?: Picture['channels'];
}

export interface VideoEncoder {
  /** Adds a frame; resolves when the next one is welcome. The pixels may be reused after that. */
  write(picture: Picture): Promise<void>;
  /** Completes the file and gives it its name. Throws DeviceError when there was no frame or ffmpeg could not write. */
  finish(): Promise<void>;
  /** Gives up and removes what was written. */
  abort(): Promise<void>;
}

const containers: Readonly<Record<string, string>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.mkv': 'matroska',
};
const pixelFormats = { 1: 'gray', 3: 'rgb24', 4: 'rgba' } as const;

/**
 * Opens a video file for writing: H.264 where this ffmpeg has libx264, else MPEG-4. It is written beside `path` and
 * takes its name, replacing what was there, only when it is complete. Makes the folder when missing. Throws ConfigError for
 * another ending than .mp4, .m4v, .mov or .mkv.
 */
export async function openEncoder(path: string, options: EncoderOptions): Promise<VideoEncoder> {
  const target = resolve(path);
  const { width, height, framesPerSecond, channels = 3 } = options;
  const container = containers[extname(target).toLowerCase()];
  if (!container) throw new ConfigError(`a video must be named .mp4, .m4v, .mov or .mkv, found ${path}; rename it`);
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > 16384) {
      throw new ConfigError(`a video's ${name} must be 1 to 16384 pixels, found ${value}`);
    }
  }
  if (!(framesPerSecond > 0 && framesPerSecond <= 1000)) {
    throw new ConfigError(`a video must have more than 0 and at most 1000 frames a second, found ${framesPerSecond}`);
  }
  await mkdir(dirname(target), { recursive: true });
  const { encoders } = await ffmpegFeatures(ffmpegProgram(options));
  const codec = encoders.has('libx264')
    ? ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20']
    : ['-c:v', 'mpeg4', '-q:v', '3'];
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.part`);
  const running = startProgram(
    ffmpegProgram(options),
    [
      ...['-hide_banner', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', pixelFormats[channels]],
      ...['-video_size', `${width}x${height}`, '-framerate', framesPerSecond.toFixed(6), '-i', 'pipe:0'],
      ...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', ...codec, '-pix_fmt', 'yuv420p'],
      ...(container === 'matroska' ? [] : ['-movflags', '+faststart']),
      ...['-f', container, `file:${temporary}`],
    ],
    ['pipe', 'ignore', 'pipe'],
  );
  return new FfmpegEncoder(running, path, temporary, target, { width, height, channels });
}

class FfmpegEncoder implements VideoEncoder {
  readonly #running: RunningProgram;
  readonly #path: string;
  readonly #temporary: string;
  readonly #target: string;
  readonly #shape: Omit<Picture, 'data'>;
  readonly #removeAtExit: () => void;
  #hasEnded = false;
  #count = 0;

  constructor(running: RunningProgram, path: string, temporary: string, target: string, shape: Omit<Picture, 'data'>) {
    this.#running = running;
    this.#path = path;
    this.#temporary = temporary;
    this.#target = target;
    this.#shape = shape;
    this.#removeAtExit = () => rmSync(temporary, { force: true });
    process.once('exit', this.#removeAtExit);
    const end = () => {
      this.#hasEnded = true;
    };
    running.ended.then(end, end);
  }

  async write(picture: Picture): Promise<void> {
    const { width, height, channels } = this.#shape;
    if (picture.width !== width || picture.height !== height || picture.channels !== channels) {
      const found = `${picture.width}x${picture.height}x${picture.channels}`;
      throw new RangeError(`write: every picture must be ${width}x${height}x${channels}, found ${found}`);
    }
    if (this.#hasEnded) throw await this.#failure();
    const stdin = this.#running.child.stdin!;
    const { buffer, byteOffset, byteLength } = picture.data;
    const isTaken = new Promise<void>((resolveWrite) => {
      stdin.write(new Uint8Array(buffer, byteOffset, byteLength), () => resolveWrite());
    });
    // An ffmpeg that dies never takes the rest.
    await Promise.race([isTaken, this.#running.ended.catch(() => undefined)]);
    if (this.#hasEnded) throw await this.#failure();
    this.#count++;
  }

  async finish(): Promise<void> {
    try {
      this.#running.child.stdin!.end();
      const code = await this.#running.ended;
      if (code !== 0 || this.#count === 0) throw await this.#failure();
      await rename(this.#temporary, this.#target);
    } finally {
      await this.abort();
    }
  }

  async abort(): Promise<void> {
    await this.#running.stop();
    process.off('exit', this.#removeAtExit);
    await rm(this.#temporary, { force: true });
  }

  async #failure(): Promise<DeviceError> {
    const code = await this.#running.ended;
    const said =
      this.#running.lastWords() || (this.#count === 0 ? 'it was given no frame' : `it ended with code ${code}`);
    return new DeviceError(
      `ffmpeg must write ${this.#path} and failed: ${said}; check the disk and the folder's rights`,
    );
  }
}
