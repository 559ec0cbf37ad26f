// Writes pictures into a video file with the system's ffmpeg.
import { rmSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join, parse, resolve } from 'node:path';
import { ConfigError, DeviceError, type MoodlensError, StorageError } from '../../../core/errors.js';
import type { Picture } from '../../../core/image/picture.js';
import type { VideoEncoder } from '../../../core/ports/video-encoder.js';
import { besideName, sweepLeftovers } from '../leftovers.js';
import { makeFolder } from '../make-folder.js';
import { refusedWrite, storageFaultIn, writing } from '../storage-error.js';
import { type CopiedVideo, copyVideo } from './copy-video.js';
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

const containers: Readonly<Record<string, string>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.mkv': 'matroska',
};
const pixelFormats = { 1: 'gray', 3: 'rgb24', 4: 'rgba' } as const;

/**
 * Opens a video file for writing: H.264 where this ffmpeg has libx264, else MPEG-4. It grows beside `path`, as NAME.incomplete.mp4 in
 * a form that plays wherever it is cut, and takes its name, replacing what was there, only when it is complete. Makes the folder when
 * missing. Throws ConfigError for another ending than .mp4, .m4v, .mov or .mkv, StorageError where no file can be made.
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
  const program = ffmpegProgram(options);
  const { encoders } = await ffmpegFeatures(program);
  const codec = encoders.has('libx264')
    ? ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20']
    : ['-c:v', 'mpeg4', '-q:v', '3'];
  const incomplete = await writing(path, () => makeIncomplete(target));
  const running = startProgram(
    program,
    [
      ...['-hide_banner', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', pixelFormats[channels]],
      ...['-video_size', `${width}x${height}`, '-framerate', framesPerSecond.toFixed(6), '-i', 'pipe:0'],
      ...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', ...codec, '-pix_fmt', 'yuv420p'],
      ...(container === 'matroska' ? [] : growingMp4),
      ...['-f', container, `file:${incomplete}`],
    ],
    ['pipe', 'ignore', 'pipe'],
  );
  return new FfmpegEncoder(running, {
    program,
    path,
    incomplete,
    target,
    container,
    shape: { width, height, channels },
  });
}

/** Fragmented MP4, a second a fragment: the file stays playable after a full disk or a power cut. */
const growingMp4 = ['-movflags', '+empty_moov+delay_moov+default_base_moof', '-frag_duration', '1000000'];

/** An unused, visible file name, so that users find an incomplete recording after a crash. */
async function makeIncomplete(target: string): Promise<string> {
  await makeFolder(dirname(target));
  await sweepLeftovers(dirname(target));
  if ((await stat(target).catch(() => undefined))?.isDirectory()) {
    throw Object.assign(new Error(`${target} is a folder`), { code: 'EISDIR' });
  }
  const { name, ext } = parse(target);
  for (let number = 1; ; number++) {
    const file = join(dirname(target), `${name}.incomplete${number === 1 ? '' : `-${number}`}${ext}`);
    try {
      await (await open(file, 'wx')).close();
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

interface EncodedFile {
  readonly program: string;
  readonly path: string;
  readonly incomplete: string;
  readonly target: string;
  readonly container: string;
  readonly shape: Omit<Picture, 'data'>;
}

class FfmpegEncoder implements VideoEncoder {
  readonly #running: RunningProgram;
  readonly #file: EncodedFile;
  readonly #removeAtExit: () => void;
  #hasEnded = false;
  #isKept = false;
  #count = 0;
  #failed: Promise<MoodlensError> | undefined;

  constructor(running: RunningProgram, file: EncodedFile) {
    this.#running = running;
    this.#file = file;
    this.#removeAtExit = () => rmSync(file.incomplete, { force: true });
    process.once('exit', this.#removeAtExit);
    const end = () => {
      this.#hasEnded = true;
    };
    running.ended.then(end, end);
  }

  async write(picture: Picture): Promise<void> {
    const { width, height, channels } = this.#file.shape;
    if (picture.width !== width || picture.height !== height || picture.channels !== channels) {
      const found = `${picture.width}x${picture.height}x${picture.channels}`;
      throw new RangeError(`write: every picture must be ${width}x${height}x${channels}, found ${found}`);
    }
    if (this.#hasFailed()) throw await this.#failure();
    const stdin = this.#running.child.stdin!;
    const { buffer, byteOffset, byteLength } = picture.data;
    const isTaken = new Promise<void>((resolveWrite) => {
      stdin.write(new Uint8Array(buffer, byteOffset, byteLength), () => resolveWrite());
    });
    // An ffmpeg that dies never takes the rest.
    await Promise.race([isTaken, this.#running.ended.catch(() => undefined)]);
    if (this.#hasFailed()) throw await this.#failure();
    this.#count++;
  }

  async finish(): Promise<void> {
    try {
      this.#running.child.stdin!.end();
      const code = await this.#running.ended;
      if (code !== 0 || this.#count === 0 || this.#storageFault() || this.#failed) throw await this.#failure();
      await this.#complete();
    } finally {
      await this.abort();
    }
  }

  async abort(): Promise<void> {
    await this.#running.stop();
    process.off('exit', this.#removeAtExit);
    // What cannot be removed must not hide why.
    if (!this.#isKept) await rm(this.#file.incomplete, { force: true }).catch(() => undefined);
  }

  /** ffmpeg may end with 0 although it could not write everything: what the file holds is counted. */
  async #complete(): Promise<void> {
    const { program, path, incomplete, target, container } = this.#file;
    const beside = besideName(target);
    const require = ({ frames, refused, fault }: CopiedVideo) => {
      if (refused) throw refused;
      if (frames === this.#count && fault === '') return;
      const said = fault === '' ? '' : ` (${fault})`;
      throw new StorageError(`${path} must have ${this.#count} frames, and ${frames} can be read${said}`);
    };
    try {
      // Players find their way sooner in an MP4 that is in one part, with its index in front.
      if (container !== 'matroska') require(await copyVideo(program, incomplete, { to: beside, container }));
      const finished = container === 'matroska' ? incomplete : beside;
      require(await copyVideo(program, finished));
      const file = await open(finished, 'r+');
      await file.sync().finally(() => file.close());
      await rename(finished, target);
    } catch (error) {
      throw await this.#keep(error);
    } finally {
      await rm(beside, { force: true }).catch(() => undefined);
    }
  }

  #hasFailed(): boolean {
    return this.#hasEnded || this.#storageFault() !== undefined;
  }

  #storageFault(): { readonly code: string } | undefined {
    // A limit on sizes ends it by a signal.
    if (this.#running.child.signalCode === 'SIGXFSZ') return { code: 'EFBIG' };
    return storageFaultIn(this.#running.said);
  }

  #failure(): Promise<MoodlensError> {
    this.#failed ??= this.#examine();
    return this.#failed;
  }

  async #examine(): Promise<MoodlensError> {
    this.#running.child.stdin!.end();
    const code = await this.#running.ended;
    const fault = this.#storageFault();
    if (fault) return this.#keep(fault);
    const said =
      this.#running.lastWords() || (this.#count === 0 ? 'it was given no frame' : `it ended with code ${code}`);
    const message = `ffmpeg must write ${this.#file.path} and failed: ${said}`;
    return this.#keep(new DeviceError(message));
  }

  /** The error for `cause`; what was recorded stays in the file that it names. */
  async #keep(cause: unknown): Promise<MoodlensError> {
    const { program, path, incomplete } = this.#file;
    const { frames } = await copyVideo(program, incomplete);
    this.#isKept = frames > 0;
    const kept = this.#isKept ? `what was recorded is kept in ${incomplete}, ${frames} frames` : 'nothing was recorded';
    const refused = refusedWrite(path, cause, { kept });
    if (refused) return refused;
    if (cause instanceof StorageError) {
      return new StorageError(`${cause.message}; ${kept}; check the disk and record it again`, { cause });
    }
    const message = cause instanceof Error ? cause.message : String(cause);
    return new DeviceError(`${message}; ${kept}; check the disk and the folder's rights`, { cause });
  }
}
