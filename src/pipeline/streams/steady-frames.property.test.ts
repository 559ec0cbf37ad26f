import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FrameSource } from '../../core/ports/frame-source.js';
import { steadyFrames } from './steady-frames.js';

/** A source of these times whose frame i is a picture of the grey i. */
function source(times: readonly number[]): FrameSource {
  return {
    width: 1,
    height: 1,
    framesPerSecond: undefined,
    close: async () => undefined,
    async *[Symbol.asyncIterator]() {
      for (const [index, timeMs] of times.entries()) {
        yield {
          index,
          timeMs,
          picture: { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(index % 256) },
        };
      }
    },
  };
}

async function steady(times: readonly number[], rate: number, endMs?: number): Promise<number[]> {
  const seen: number[] = [];
  for await (const { data } of steadyFrames(source(times), rate, endMs)) seen.push(data[0]!);
  return seen;
}

const gaps = fc.array(fc.double({ min: 0, max: 2000, noNaN: true }), { minLength: 1, maxLength: 40 });

it('lasts as long as the source, to a frame, and goes forward', async () => {
  await fc.assert(
    fc.asyncProperty(gaps, fc.constantFrom(5, 15, 30), async (list, rate) => {
      const times = [0];
      for (const gap of list) times.push(times.at(-1)! + gap);
      const seen = await steady(times, rate);
      expect(Math.abs(seen.length - 1 - (times.at(-1)! * rate) / 1000)).toBeLessThanOrEqual(1);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(times.length - 1);
    }),
  );
});

it('gives a source of the same rate as it is, times rounded or not', async () => {
  const times = Array.from({ length: 50 }, (_, i) => Math.round((i * 1000) / 30));
  expect(await steady(times, 30)).toEqual(times.map((_, i) => i));
});

it('ends when told to, and shortens a long absence', async () => {
  expect(await steady([0, 100, 200, 300], 10, 200)).toEqual([0, 1]);
  expect(await steady([0, 1_000_000], 1)).toHaveLength(61);
  expect(await steady([], 30)).toEqual([]);
});
