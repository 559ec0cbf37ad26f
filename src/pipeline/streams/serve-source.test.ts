import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../core/errors.js';
import { LivePipeline } from '../../core/live/pipeline.js';
import type { ServedFrame } from '../../core/live/served-frame.js';
import type { Frame, FrameSource } from '../../core/ports/frame-source.js';
import { atOwnPace, type ServePorts, serveSource } from './serve-source.js';

class Script implements FrameSource {
  readonly width = 32;
  readonly height = 24;
  readonly framesPerSecond = 10;
  closed = 0;
  constructor(
    readonly count: number,
    readonly error?: Error,
  ) {}
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    for (let index = 0; index < this.count; index++) {
      const data = new Uint8Array(32 * 24 * 3).fill(index);
      yield { index, timeMs: index * 100, picture: { width: 32, height: 24, channels: 3, data } };
    }
    if (this.error) throw this.error;
  }
  async close() {
    this.closed++;
  }
}

/** Serves those sources one after the other, then stops. */
async function serve(sources: (FrameSource | Error)[], more: Partial<ServePorts> = {}) {
  const said: string[] = [];
  const frames: ServedFrame[] = [];
  const jpegs: number[] = [];
  const waits: number[] = [];
  const results: number[] = [];
  const left = [...sources];
  let detections = 0;
  const pipeline = new LivePipeline({
    detector: {
      detect: async () => {
        detections++;
        return [{ box: [4, 4, 10, 10], score: 0.9, keypoints: null }];
      },
      release: async () => undefined,
    },
    clock: () => 0,
  });
  await serveSource({
    label: 'clip.mp4',
    open: async () => {
      const next = left.shift()!;
      if (next instanceof Error) throw next;
      return next;
    },
    pipeline,
    encode: async ({ data }) => Uint8Array.of(data[0]!),
    onStatus: ({ state, text }) => said.push(`${state}: ${text}`),
    onResult: ({ frame }) => results.push(frame),
    onFrame: (frame, jpeg) => {
      frames.push(frame);
      jpegs.push(jpeg[0]!);
    },
    isWatched: () => true,
    shouldStop: () => left.length === 0 && waits.length >= sources.length,
    now: () => 1000,
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...more,
  });
  return { said, frames, jpegs, waits, results, detections };
}

describe('serveSource', () => {
  it('gives each frame with its own picture, numbered on when the source begins again', async () => {
    const sources = [new Script(3), new Script(2)];
    const { said, frames, jpegs, results } = await serve(sources);
    expect(frames.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(results).toEqual([0, 1, 2, 0, 1]);
    expect(jpegs).toEqual([0, 1, 2, 0, 1]);
    expect(frames[1]).toMatchObject({ width: 32, height: 24, capturedAt: 1000, result: { faces: [{ track: 1 }] } });
    // A new beginning is a new room: tracks start at 1.
    expect(frames[3]!.result.faces[0]!.track).toBe(1);
    expect(said).toEqual([
      'playing: Showing clip.mp4',
      'ended: clip.mp4 has ended, and begins again in a moment',
      'playing: Showing clip.mp4',
      'ended: clip.mp4 has ended, and begins again in a moment',
    ]);
    expect(sources.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  it('lives on when the source cannot be opened or breaks, with longer pauses until frames came', async () => {
    const broken = new Script(1, new DeviceError('the camera is gone; plug it in'));
    const missing = () => new DeviceError('there is no camera; plug it in');
    const { said, waits } = await serve([missing(), missing(), missing(), broken, missing(), missing()]);
    expect(waits.slice(0, 6)).toEqual([1000, 2000, 4000, 1000, 2000, 4000]);
    expect(said[0]).toBe('lost: there is no camera; plug it in; trying again in 1 s');
    expect(said[4]).toBe('lost: the camera is gone; plug it in; trying again in 1 s');
    expect(broken.closed).toBe(1);
    const { waits: long } = await serve(Array.from({ length: 8 }, missing));
    expect(Math.max(...long)).toBe(30_000);
  });

  it('analyses also when nobody watches, and encodes nothing then', async () => {
    const encode = () => Promise.reject(new Error('not wanted'));
    const { frames, detections, results } = await serve([new Script(4)], { isWatched: () => false, encode });
    expect([frames.length, detections, results.length]).toEqual([0, 4, 4]);
  });
});

describe('atOwnPace', () => {
  it('waits for the time of each frame and no longer', async () => {
    let now = 500;
    const waits: number[] = [];
    const source = new Script(4);
    const paced = atOwnPace(source, {
      clock: () => now,
      wait: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    });
    for await (const { index } of paced) if (index === 1) now += 150;
    expect(waits).toEqual([100, 50]);
    await paced.close();
    expect(source.closed).toBe(1);
  });
});
