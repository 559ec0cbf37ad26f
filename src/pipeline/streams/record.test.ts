import { expect, it } from 'vitest';
import type { Frame } from '../../core/ports/frame-source.js';
import type { VideoEncoder } from '../../core/ports/video-encoder.js';
import { type RecordedSource, recordFrames, recordingRate, recordVideo } from './record.js';

/** Frames at 10 a second; breaks off with `error` after them where one is given. */
function source(count: number, { error, framesPerSecond = 10 }: { error?: Error; framesPerSecond?: number } = {}) {
  return {
    width: 1,
    height: 1,
    framesPerSecond,
    estimatedFrames: count,
    close: async () => undefined,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < count; index++) {
        const picture = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(index) };
        yield { index, timeMs: 100 * index, picture };
      }
      if (error) throw error;
    },
  } satisfies RecordedSource;
}

function encoder() {
  const calls: string[] = [];
  const note = (name: string) => async () => void calls.push(name);
  return { calls, write: note('write'), finish: note('finish'), abort: note('abort') } satisfies VideoEncoder & {
    calls: string[];
  };
}

it('completes a video of the source, at another rate and for as long as asked', async () => {
  const whole = encoder();
  expect(await recordVideo(source(4), whole, { rate: 10 })).toEqual({ frames: 4, seconds: 0.4 });
  expect(whole.calls).toEqual(['write', 'write', 'write', 'write', 'finish', 'abort']);
  expect(await recordVideo(source(20), encoder(), { rate: 5, seconds: 1 })).toEqual({ frames: 5, seconds: 1 });
});

it('completes what a source gave before it broke off, and completes no video without a frame', async () => {
  const error = new Error('unplugged');
  const broken = encoder();
  await expect(recordVideo(source(3, { error }), broken, { rate: 10 })).rejects.toBe(error);
  expect(broken.calls).toContain('finish');
  const empty = encoder();
  await expect(recordVideo(source(0, { error }), empty, { rate: 10 })).rejects.toBe(error);
  expect(empty.calls).toEqual(['abort']);
});

it('keeps every frame at its own time', async () => {
  const written: Frame[] = [];
  const writer = { write: async (frame: Frame) => void written.push(frame) };
  expect(await recordFrames(source(8), writer, { rate: 10, seconds: 0.5 })).toEqual({ frames: 5, seconds: 0.4 });
  expect(written.map(({ timeMs }) => timeMs)).toEqual([0, 100, 200, 300, 400]);
});

it('takes the rate of the source where it is plausible', () => {
  expect([25, 0, 90_000, undefined].map((framesPerSecond) => recordingRate({ framesPerSecond }))).toEqual([
    25, 30, 30, 30,
  ]);
});
