// Frames from the system's ffmpeg: RGB by one pipe, their times by another.
import type { Readable } from 'node:stream';
import { ConfigError, DeviceError, MediaError, type MoodlensError } from '../../../core/errors.js';
import type { Frame, FrameSource } from '../../../core/ports/frame-source.js';
import { silenceArguments, sizeFilter } from './ffmpeg-arguments.js';
import {
  type FfmpegPrograms,
  ffmpegFeatures,
  ffmpegProgram,
  type RunningProgram,
  startProgram,
} from './ffmpeg-program.js';
import { probeVideo, type VideoFacts } from './probe-video.js';
import { saidAbout, type VideoInput, videoInput } from './video-input.js';

export interface OpenVideoOptions extends FfmpegPrograms {
  /** Every frame however slow the reader, or only the newest. Default: every frame of what has an end, else the newest. */
  readonly delivery?: 'every' | 'newest';
  /** Shrinks pictures whose longer side has more pixels. Default: as they are. */
  readonly maxSide?: number;
  /** Fits every picture into this size, black beside it. Default: the size of the source's first picture. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Plays what has an end at the pace of its times, as a camera would, instead of as fast as it is read. Default: false. */
  readonly atOwnPace?: boolean;
  /** Milliseconds without a frame after which the source counts as stuck. Default 30 000. */
  readonly stallMs?: number;
}

/** A video that is being decoded. Can be iterated once. */
export interface VideoSource extends FrameSource {
  readonly framesPerSecond: number | undefined;
  /** Frames to expect, for progress only; undefined for streams. */
  readonly estimatedFrames: number | undefined;
  /** Frames that a newer one replaced before they were read. */
  readonly dropped: number;
}

/**
 * Opens a video file, an `http(s)://` or `rtsp(s)://` address or (Linux) a camera's device file. Frames are RGB,
 * upright, with square pixels and the times the file gives them. Throws DeviceError when ffmpeg or the device is
 * missing and MediaError for what is not a video. Of a file that was cut off, the frames before the cut are delivered
 * and then MediaError is thrown.
 */
export async function openVideo(source: string | VideoInput, options: OpenVideoOptions = {}): Promise<VideoSource> {
  const { maxSide = Infinity, stallMs = 30_000 } = options;
  if (!(maxSide >= 1)) throw new ConfigError(`maxSide must be at least 1 pixel, found ${maxSide}`);
  const input = typeof source === 'string' ? await videoInput(source) : source;
  const probed = await probeVideo(input, options, stallMs);
  const { passthrough, isOld } = await ffmpegFeatures(ffmpegProgram(options));
  const shrink = Math.min(1, maxSide / Math.max(probed.width, probed.height));
  const width = options.size?.width ?? Math.max(1, Math.round(probed.width * shrink));
  const height = options.size?.height ?? Math.max(1, Math.round(probed.height * shrink));
  const hasEnd = input.kind === 'file' || probed.estimatedFrames !== undefined;
  const delivery = options.delivery ?? (hasEnd ? 'every' : 'newest');
  const filter = sizeFilter({ width, height, isSmaller: shrink < 1, isFixed: input.kind === 'file' && !options.size });
  // Microseconds; the default time base would round a variable frame rate to a fixed one.
  const every = ['-map', '0:V:0', ...passthrough, '-enc_time_base', '1:1000000'];
  const running = startProgram(
    ffmpegProgram(options),
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
      ...(options.atOwnPace && hasEnd ? ['-re'] : []),
      ...(isOld ? [] : silenceArguments(input.kind, stallMs)),
      ...input.inputArguments,
      // Times come first: were the pixels first, ffmpeg could wait for us to read them while we wait for their time.
      ...[...every, '-c:v', 'wrapped_avframe', '-flush_packets', '1', '-f', 'framecrc', 'pipe:3'],
      ...[...every, '-vf', filter, '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
    ],
    ['ignore', 'pipe', 'pipe', 'pipe'],
  );
  return new FfmpegVideo(running, input, { ...probed, width, height }, delivery, stallMs);
}

/** Decoded frames kept ready, so that ffmpeg works while the reader does. */
const readAhead = 2;

class FfmpegVideo implements VideoSource {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | undefined;
  readonly estimatedFrames: number | undefined;
  readonly #running: RunningProgram;
  readonly #input: VideoInput;
  readonly #facts: VideoFacts;
  readonly #delivery: 'every' | 'newest';
  readonly #stallMs: number;
  readonly #pixels: Readable;
  #partial: Uint8Array | undefined;
  #filled = 0;
  readonly #untimed: Uint8Array[] = [];
  readonly #times: number[] = [];
  readonly #ready: Frame[] = [];
  dropped = 0;
  #count = 0;
  #firstMs = 0;
  #lastMs = 0;
  #isOver = false;
  #isClosed = false;
  #isTaken = false;
  #error: unknown;
  #wake: () => void = () => undefined;

  constructor(
    running: RunningProgram,
    input: VideoInput,
    facts: VideoFacts,
    delivery: 'every' | 'newest',
    stallMs: number,
  ) {
    this.#running = running;
    this.#input = input;
    this.#facts = facts;
    this.#delivery = delivery;
    this.#stallMs = stallMs;
    this.width = facts.width;
    this.height = facts.height;
    this.framesPerSecond = facts.framesPerSecond;
    this.estimatedFrames = facts.estimatedFrames;
    this.#pixels = running.child.stdout!;
    this.#pixels.on('data', (chunk: Uint8Array) => this.#takePixels(chunk));
    this.#takeTimes(running.child.stdio[3] as Readable);
    running.ended.then(
      (code) => this.#end(code),
      (error: unknown) => this.#finish(error),
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    if (this.#isTaken) throw new RangeError('a video can be read once; open it again');
    this.#isTaken = true;
    try {
      while (!this.#isClosed) {
        const frame = this.#ready.shift();
        if (frame) {
          this.#steer();
          yield frame;
        } else if (this.#isOver) {
          break;
        } else {
          await this.#wait();
        }
      }
      if (this.#error !== undefined && !this.#isClosed) throw this.#error;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#running.stop();
  }

  /** Until something changes; a source that gives nothing for too long is stuck. */
  async #wait(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(() => {
        const seconds = this.#stallMs / 1000;
        this.#finish(
          new DeviceError(
            `${this.#input.label} must give a frame every ${seconds} s and gave none; check it and try again`,
          ),
        );
      }, this.#stallMs);
    });
    clearTimeout(timer);
  }

  #takePixels(chunk: Uint8Array): void {
    const size = this.width * this.height * 3;
    for (let offset = 0; offset < chunk.length; ) {
      this.#partial ??= new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
      const part = chunk.subarray(offset, offset + size - this.#filled);
      this.#partial.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled === size) {
        this.#untimed.push(this.#partial);
        this.#partial = undefined;
        this.#filled = 0;
        this.#pair();
      }
    }
  }

  /** Lines of ffmpeg's framecrc format: `stream, dts, pts, duration, size, checksum`, times in the stated time base. */
  #takeTimes(stream: Readable): void {
    let rest = '';
    let millisecondsPerTick = 1e-3;
    stream.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
        if (base) millisecondsPerTick = (1000 * Number(base[1])) / Number(base[2]);
        const [, time] = /^0,\s*-?\d+,\s*(-?\d+),/.exec(line) ?? [];
        if (time !== undefined) this.#times.push(Number(time) * millisecondsPerTick);
      }
      this.#pair();
    });
  }

  /** Joins pixels with their times, both of which come in the frames' order. */
  #pair(): void {
    while (this.#untimed.length > 0 && (this.#times.length > 0 || this.#isOver)) {
      const data = this.#untimed.shift()!;
      const time = this.#times.shift();
      const step = 1000 / (this.framesPerSecond ?? 25);
      if (this.#count === 0) this.#firstMs = time ?? 0;
      // Times never run backwards, whatever a damaged file says.
      const next = this.#count === 0 ? 0 : this.#lastMs + step;
      const isUsable = time !== undefined && Math.abs(time) < 1e12 && time - this.#firstMs >= this.#lastMs;
      this.#lastMs = isUsable ? time - this.#firstMs : next;
      if (this.#delivery === 'newest') this.dropped += this.#ready.splice(0).length;
      const picture = { width: this.width, height: this.height, channels: 3 as const, data };
      this.#ready.push({ index: this.#count++, timeMs: Math.round(this.#lastMs * 1000) / 1000, picture });
      this.#wake();
    }
    this.#steer();
  }

  /** Stops reading while enough frames wait; the full pipe then stops ffmpeg. */
  #steer(): void {
    if (this.#delivery === 'newest') return;
    const isFull = this.#ready.length + this.#untimed.length >= readAhead;
    if (isFull && !this.#pixels.isPaused()) this.#pixels.pause();
    else if (!isFull && this.#pixels.isPaused()) this.#pixels.resume();
  }

  /** ffmpeg has ended by itself: everything is in, now was it everything? */
  #end(code: number | null): void {
    this.#isOver = true;
    this.#pair();
    this.#finish(this.#verdict(code));
  }

  #verdict(code: number | null): MoodlensError | undefined {
    const { label, kind } = this.#input;
    const said = saidAbout(this.#input, this.#running.lastWords()) || `it ended with code ${code}`;
    const Kind = kind === 'file' ? MediaError : DeviceError;
    if (this.#count === 0) {
      return new Kind(
        `${label} must have at least one frame that ffmpeg decodes; ffmpeg said: ${said}; check the source`,
      );
    }
    const endMs = this.#lastMs + 1000 / (this.framesPerSecond ?? 25);
    const declaredMs = this.#facts.durationMs ?? 0;
    const isShort = kind === 'file' && declaredMs - endMs > Math.max(1000, declaredMs * 0.1);
    const isCut = this.#running.said(/partial file|file ended prematurely|truncat/i);
    if (code === 0 && this.#filled === 0 && !isShort && !isCut) return undefined;
    const declared = declaredMs > 0 ? ` of ${(declaredMs / 1000).toFixed(1)} s` : '';
    return new Kind(
      `${label} ends too early: ${this.#count} frames (${(endMs / 1000).toFixed(1)} s${declared}) were read before the cut; ` +
        `ffmpeg said: ${said}; copy or record it again`,
    );
  }

  #finish(error: unknown): void {
    this.#isOver = true;
    this.#error ??= error;
    this.#wake();
  }
}
