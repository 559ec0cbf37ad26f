// Analysis over a scripted source: summary, early end, stop, and the texts.
import { describe, expect, it } from 'vitest';
import { ConfigError, MediaError } from '../../core/errors.js';
import type { FaceResult } from '../../core/live/frame-result.js';
import { LivePipeline } from '../../core/live/pipeline.js';
import type { Frame, FrameSource } from '../../core/ports/frame-source.js';
import { silentProgress } from '../../core/ports/progress.js';
import { type AnalyzePorts, analyze } from './analyze.js';
import { parseAnalyzeConfig } from './config.js';
import { Percentiles } from './percentiles.js';
import { frameLine, summaryLine, summaryText } from './report/format-result.js';
import { Timeline } from './timeline.js';

class Script implements FrameSource {
  readonly width = 64;
  readonly height = 48;
  readonly framesPerSecond = 10;
  closed = 0;
  constructor(
    readonly count: number,
    readonly error?: Error,
  ) {}
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    for (let index = 0; index < this.count; index++) {
      const data = new Uint8Array(64 * 48 * 3);
      yield { index, timeMs: index * 100, picture: { width: 64, height: 48, channels: 3, data } };
    }
    if (this.error) throw this.error;
  }
  async close() {
    this.closed++;
  }
}

function ports(source: Script, more: Partial<AnalyzePorts> = {}): AnalyzePorts {
  let now = 0;
  const clock = () => now++;
  const pipeline = new LivePipeline({
    detector: {
      detect: async () => [{ box: [10, 10, 20, 20], score: 0.8, keypoints: null }],
      release: async () => undefined,
    },
    clock,
  });
  return { source, pipeline, clock, progress: silentProgress, ...more };
}

describe('analyze', () => {
  it('gives every frame to onFrame in order and sums up', async () => {
    const source = new Script(25);
    const seen: number[] = [];
    const { summary, sourceError } = await analyze(
      ports(source, { onFrame: async (result, frame) => void seen.push(result.frame + frame.index) }),
    );
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i));
    expect(summary).toMatchObject({
      frames: 25,
      lengthMs: 2400,
      interrupted: false,
      latencyMs: { p50: 5, p95: 5, p99: 5 },
    });
    expect(summary.framesPerSecond).toBeGreaterThan(0);
    expect(sourceError).toBeUndefined();
    expect(source.closed).toBe(1);
  });

  it('sums up what came before the source broke', async () => {
    const error = new MediaError('cut');
    const { summary, sourceError } = await analyze(ports(new Script(7, error)));
    expect(summary.frames).toBe(7);
    expect(sourceError).toBe(error);
    await expect(analyze(ports(new Script(0, error)))).rejects.toBe(error);
  });

  it('stops in good order when asked to', async () => {
    let frames = 0;
    const source = new Script(100);
    const { summary } = await analyze(
      ports(source, {
        onFrame: async () => void frames++,
        shouldStop: () => frames >= 12,
      }),
    );
    expect(summary).toMatchObject({ frames: 12, interrupted: true });
    expect(source.closed).toBe(1);
  });

  it('ends after maxFrames, which is no interruption', async () => {
    const { summary } = await analyze(ports(new Script(100), { maxFrames: 5 }));
    expect(summary).toMatchObject({ frames: 5, interrupted: false });
  });

  it('closes the source when a result cannot be written', async () => {
    const source = new Script(9);
    const onFrame = () => Promise.reject(new Error('disk full'));
    await expect(analyze(ports(source, { onFrame }))).rejects.toThrow('disk full');
    expect(source.closed).toBe(1);
  });
});

describe('Percentiles', () => {
  it('agrees with sorting', () => {
    const values = Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) / 10);
    const percentiles = new Percentiles();
    for (const value of values) percentiles.add(value);
    const sorted = [...values].sort((a, b) => a - b);
    for (const share of [0.001, 0.5, 0.95, 0.99, 1]) {
      expect(percentiles.at(share)).toBeCloseTo(sorted[Math.ceil(share * 1000) - 1]!, 6);
    }
  });

  it('has none without values and the longest for what is off the scale', () => {
    const percentiles = new Percentiles();
    expect(percentiles.at(0.5)).toBeNull();
    percentiles.add(5000.25);
    expect(percentiles.at(0.5)).toBe(5000.25);
  });
});

const face = (more: Partial<FaceResult>): FaceResult => ({
  box: [1.23456, 2, 3, 4],
  score: 0.123456,
  track: 1,
  person: null,
  distance: null,
  expression: null,
  probabilities: null,
  confirmed: null,
  depthMm: null,
  ...more,
});

describe('Timeline', () => {
  it('shares the time seen among expressions and bridges short gaps', () => {
    const timeline = new Timeline({ framesPerSecond: 10 });
    for (let i = 0; i < 40; i++) {
      const faces =
        i === 5 || (i >= 20 && i < 30) ? [] : [face({ person: 'Ada', confirmed: i < 10 ? 'neutral' : 'happy' })];
      timeline.add({ timeMs: i * 100, faces });
    }
    expect(timeline.stretches).toEqual([
      { who: 'Ada', expression: 'neutral', fromMs: 0, toMs: 1000 },
      { who: 'Ada', expression: 'happy', fromMs: 1000, toMs: 2000 },
      { who: 'Ada', expression: 'happy', fromMs: 3000, toMs: 4000 },
    ]);
    const [ada] = timeline.presences;
    expect(ada!.seenMs).toBe(2900);
    expect(ada!.shares.map(([expression, share]) => [expression, Math.round(share * 29)])).toEqual([
      ['happy', 20],
      ['neutral', 9],
    ]);
  });

  it('stays bounded', () => {
    const timeline = new Timeline({ maxStretches: 10_000 });
    for (let i = 0; i < 30_000; i++) timeline.add({ timeMs: i, faces: [face({ track: i })] });
    expect(timeline.stretches).toHaveLength(10_000);
    expect(timeline.dropped).toBe(20_000);
    expect(timeline.stretches[0]!.who).toBe('face 0');
  });

  it('keeps the latest when told to, and goes on with what is open', () => {
    const timeline = new Timeline({ maxStretches: 3, keep: 'latest' });
    for (let i = 0; i < 20; i++) {
      timeline.add({ timeMs: i * 40, faces: [face({ track: 99 }), face({ track: i })] });
    }
    expect(timeline.stretches.map(({ who }) => who)).toEqual(['face 17', 'face 18', 'face 19']);
    expect(timeline.dropped).toBe(18);
  });

  it('forgets one person and goes on with the others', () => {
    const timeline = new Timeline({ framesPerSecond: 10 });
    const both = [face({ person: 'Ada', confirmed: 'sad' }), face({ track: 2, confirmed: 'happy' })];
    timeline.add({ timeMs: 0, faces: both });
    timeline.forget('Ada');
    expect([timeline.stretches, timeline.presences].map((all) => all.map(({ who }) => who))).toEqual([
      ['face 2'],
      ['face 2'],
    ]);
    timeline.add({ timeMs: 100, faces: both });
    expect(timeline.stretches).toMatchObject([
      { who: 'face 2', fromMs: 0, toMs: 200 },
      { who: 'Ada', fromMs: 100, toMs: 200 },
    ]);
  });

  it('ends a stretch where the next begins, also when frames come unevenly', () => {
    const timeline = new Timeline({ framesPerSecond: 10 });
    [0, 100, 130].forEach((timeMs, i) => {
      timeline.add({ timeMs, faces: [face({ confirmed: i < 2 ? 'sad' : 'happy' })] });
    });
    expect(timeline.stretches).toMatchObject([
      { fromMs: 0, toMs: 130 },
      { fromMs: 130, toMs: 160 },
    ]);
  });

  it('does not count a pause as time seen, and breaks the stretch', () => {
    const timeline = new Timeline({ framesPerSecond: 10 });
    for (const timeMs of [0, 100, 200, 60_000, 60_100]) timeline.add({ timeMs, faces: [face({ confirmed: 'sad' })] });
    expect(timeline.presences[0]!.seenMs).toBe(1400);
    expect(timeline.stretches).toMatchObject([
      { fromMs: 0, toMs: 300 },
      { fromMs: 60_000, toMs: 60_200 },
    ]);
  });
});

describe('texts', () => {
  const summary = {
    frames: 2,
    framesPerSecond: 50,
    latencyMs: { p50: 5, p95: 6, p99: 7 },
    lengthMs: 33,
    interrupted: false,
  };

  it('writes a frame as one line of JSON with every field of the contract', () => {
    const latencyMs = { detect: 1.23456, track: 0, identify: 0, classify: 2, total: 3 };
    const faces = [face({ probabilities: { happy: 0.87654321, sad: 0.1 }, expression: 'happy', distance: 12.345678 })];
    const line = frameLine({ frame: 3, timeMs: 99.9999, faces, rejected: [], latencyMs });
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      frame: 3,
      timeMs: 100,
      faces: [
        {
          box: [1.23, 2, 3, 4],
          score: 0.1235,
          track: 1,
          person: null,
          distance: 12.3457,
          expression: 'happy',
          probabilities: { happy: 0.876543, sad: 0.1 },
          confirmed: null,
          depthMm: null,
        },
      ],
      rejected: [],
      latencyMs: { detect: 1.235, track: 0, identify: 0, classify: 2, total: 3 },
    });
    expect(JSON.parse(summaryLine(summary))).toEqual({ summary });
  });

  it('sums up for people', () => {
    const timeline = new Timeline({ framesPerSecond: 10 });
    for (let i = 0; i < 10; i++)
      timeline.add({ timeMs: i * 100, faces: [face({ person: 'Ada', confirmed: 'happy' })] });
    const text = summaryText(summary, timeline);
    expect(text).toMatch(/Ada +1\.0 s +happy 100 %/);
    expect(text).toContain('0:00.0 - 0:01.0  Ada  happy');
    expect(text).toMatch(/2 frames, 50 frames\/s; latency beyond decoding p50 5 ms, p95 6 ms, p99 7 ms/);
    expect(summaryText(summary, new Timeline())).toMatch(/no face was found/);
    const none = { ...summary, frames: 0, interrupted: true, latencyMs: { p50: null, p95: null, p99: null } };
    expect(summaryText(none, new Timeline())).toMatch(/^0 frames \(stopped\)$/m);
  });
});

it('refuses options that make no sense', () => {
  expect(parseAnalyzeConfig({})).toEqual({ minScore: 0.65 });
  for (const bad of [{ minScore: 1 }, { frames: 0 }, { minScore: Number.NaN }, { other: 1 }]) {
    expect(() => parseAnalyzeConfig(bad)).toThrow(ConfigError);
  }
});
