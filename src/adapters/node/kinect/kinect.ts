// A Kinect v1 as a source of colour with depth: through libfreenect in a process of its own, or a recording through fakenect.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DeviceError } from '../../../core/errors.js';
import type { DepthPicture } from '../../../core/image/depth-picture.js';
import type { Frame } from '../../../core/ports/frame-source.js';
import { builtFile } from '../built-file.js';
import type { LiveSource } from '../video/reconnecting-source.js';
import { checkKinectDump } from './kinect-dump.js';
import { type KinectFrame, kinectExits, kinectFrameBytes, kinectSize, readKinectFrame } from './kinect-format.js';
import { findKinectLibraries, type KinectLibraries } from './kinect-libraries.js';

export interface KinectOptions {
  /** Folder of a recording; none: the first device. */
  readonly dump?: string | undefined;
  /** Raw disparity also of a device, as a recording holds it, instead of millimetres registered to the colour picture. */
  readonly raw?: boolean | undefined;
  /** Without a frame for so long it counts as gone, ms; 5,000 when not given. */
  readonly stallMs?: number | undefined;
  readonly libraries?: KinectLibraries | undefined;
}

/** A fifth of a second of the camera's clock of 60 kHz. */
const lastTicks = 12_000;

const entry = builtFile('./kinect-process.js', import.meta.url);

/** Opens it once its first frame is there. Throws DeviceError without library, device or frames, MediaError for a broken recording. */
export async function openKinect({
  dump,
  raw = false,
  stallMs = 5000,
  libraries,
}: KinectOptions = {}): Promise<KinectSource> {
  const facts = dump === undefined ? undefined : await checkKinectDump(dump);
  const files = libraries ?? findKinectLibraries(dump !== undefined);
  if (!files) {
    throw new DeviceError(
      "libfreenect must be installed and is not; on Debian and Ubuntu 'sudo apt-get install libfreenect0.5', see docs/kinect.md for others",
    );
  }
  const kind = raw || dump !== undefined ? 'disparity' : 'millimetres';
  const child = spawn(process.execPath, [fileURLToPath(entry), files.driver, files.sync, kind], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(dump === undefined ? {} : { FAKENECT_PATH: dump }) },
  });
  // A recording may hold a pause, in which the camera was unplugged.
  const longestMs = stallMs + (facts?.longestGapMs ?? 0);
  const source = new KinectSource(child, { dump, lastStamp: facts?.lastStamp, kind, stallMs: longestMs });
  await source.first();
  return source;
}

interface ProcessFacts {
  readonly dump: string | undefined;
  /** Of a recording. */
  readonly lastStamp: number | undefined;
  readonly kind: DepthPicture['kind'];
  readonly stallMs: number;
}

export class KinectSource implements LiveSource {
  readonly width = kinectSize.width;
  readonly height = kinectSize.height;
  readonly framesPerSecond = 30;
  readonly estimatedFrames = undefined;
  dropped = 0;
  readonly #child: ChildProcess;
  readonly #kind: DepthPicture['kind'];
  readonly #isRecording: boolean;
  readonly #lastStamp: number | undefined;
  readonly #label: string;
  readonly #stallMs: number;
  #partial = Buffer.alloc(kinectFrameBytes);
  #filled = 0;
  #newest: { readonly frame: KinectFrame; readonly at: number } | undefined;
  #words = '';
  #stamp = Number.NaN;
  #error: DeviceError | undefined;
  #isOver = false;
  #isClosed = false;
  #given = 0;
  #wake: () => void = () => undefined;

  constructor(child: ChildProcess, { dump, lastStamp, kind, stallMs }: ProcessFacts) {
    this.#child = child;
    this.#kind = kind;
    this.#lastStamp = lastStamp;
    this.#isRecording = dump !== undefined;
    this.#label = dump === undefined ? 'the Kinect' : `the recording ${dump}`;
    this.#stallMs = stallMs;
    child.stderr!.on('data', (text: Buffer) => {
      this.#words = (this.#words + String(text)).slice(-2000);
    });
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => this.#take(chunk));
    child.on('error', (cause) =>
      this.#end(new DeviceError(`${this.#label} cannot be read: ${cause.message}`, { cause })),
    );
    child.on('close', (code, signal) => this.#end(this.#isClosed ? undefined : this.#verdict(code, signal)));
  }

  /** Until a frame is there. */
  async first(): Promise<void> {
    await this.#wait();
    if (this.#newest === undefined && this.#error) throw this.#error;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    let startedAt: number | undefined;
    try {
      for (;;) {
        await this.#wait();
        const newest = this.#newest;
        if (newest) {
          this.#newest = undefined;
          startedAt ??= newest.at;
          yield this.#frameOf(newest.frame, newest.at - startedAt);
        } else if (this.#error && !this.#isClosed) throw this.#error;
        else if (this.#isOver || this.#isClosed) return;
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    // It may hang in the library: nothing milder would end it.
    this.#child.kill('SIGKILL');
  }

  #frameOf({ rgb, depth }: KinectFrame, timeMs: number): Frame {
    const { width, height } = kinectSize;
    return {
      index: this.#given++,
      timeMs: Math.round(timeMs * 1000) / 1000,
      picture: { width, height, channels: 3, data: rgb },
      depth: { width, height, kind: this.#kind, data: depth },
    };
  }

  #take(chunk: Buffer): void {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + kinectFrameBytes - this.#filled);
      this.#partial.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled < kinectFrameBytes) continue;
      this.#filled = 0;
      if (this.#newest) this.dropped++;
      const frame = readKinectFrame(this.#partial);
      this.#newest = { frame, at: performance.now() };
      this.#stamp = frame.stamp;
      if (frame.stamp === this.#lastStamp) this.#leave();
      this.#wake();
    }
  }

  async #wait(): Promise<void> {
    if (this.#newest || this.#isOver || this.#isClosed) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(
        () => {
          this.#end(
            new DeviceError(
              `${this.#label} must give a frame every ${this.#stallMs / 1000} s and gave none; ${this.#advice}`,
            ),
          );
          this.#child.kill('SIGKILL');
        },
        this.#isPlayed ? 500 : this.#stallMs,
      );
    });
    clearTimeout(timer);
  }

  get #advice(): string {
    return this.#isRecording
      ? 'record it again'
      : 'check its plug and its own power supply, and that no other program has it';
  }

  #verdict(code: number | null, signal: NodeJS.Signals | null): DeviceError {
    if (code === kinectExits.noKoffi) {
      return new DeviceError(
        "koffi, an optional package, must be installed to read a Kinect, and is not; 'npm install koffi'",
      );
    }
    if (code === kinectExits.noLibrary) {
      return new DeviceError(`libfreenect cannot be loaded: ${this.#words.trim().slice(-200)}; see docs/kinect.md`);
    }
    const said = this.#words.replace(/\s+/g, ' ').trim();
    const how = signal ? `it ended by ${signal}` : `it ended with code ${code}`;
    return new DeviceError(
      `${this.#label} cannot be read${said ? ` (${said.slice(-200)})` : ''}, ${how}; ${this.#advice}`,
    );
  }

  #end(error: DeviceError | undefined): void {
    if (!this.#isOver && !this.#isPlayed) this.#error = error;
    this.#isOver = true;
    this.#wake();
  }

  /** After its last pictures the library waits for ever, or crashes: whichever comes first, the recording was played. */
  get #isPlayed(): boolean {
    return this.#lastStamp !== undefined && Math.abs(this.#lastStamp - this.#stamp) < lastTicks;
  }

  /** The last frame is there. */
  #leave(): void {
    this.#end(undefined);
    this.#child.kill('SIGKILL');
  }
}
