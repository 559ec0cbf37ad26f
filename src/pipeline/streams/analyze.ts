// Runs the live pipeline over a whole source, with a summary.
import type { FrameResult } from '../../core/live/frame-result.js';
import type { LivePipeline } from '../../core/live/pipeline.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Frame, FrameSource } from '../../core/ports/frame-source.js';
import type { Progress } from '../../core/ports/progress.js';
import { Percentiles } from './percentiles.js';
import { Timeline } from './timeline.js';

export interface AnalyzePorts {
  readonly source: FrameSource & { readonly estimatedFrames?: number | undefined };
  readonly pipeline: LivePipeline;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Gets each result with its frame; the frame's pixels may be drawn into. The next frame waits for it. */
  readonly onFrame?: (result: FrameResult, frame: Frame) => Promise<void>;
  /** Ends the analysis after this many frames; default: with the source. */
  readonly maxFrames?: number | undefined;
  /** Called before each frame; true ends the analysis, with its summary. */
  readonly shouldStop?: () => boolean;
}

/** The last line of `moodlens analyze --json`. */
export interface AnalyzeSummary {
  readonly frames: number;
  /** Frames per second of wall time, with decoding and writing. */
  readonly framesPerSecond: number;
  /** From the decoded picture to the result; null when there was no frame. */
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  /** Time of the last frame, counted from the first. */
  readonly lengthMs: number;
  /** Whether it was stopped before the source's end. */
  readonly interrupted: boolean;
}

export interface Analysis {
  readonly summary: AnalyzeSummary;
  readonly timeline: Timeline;
  /** Why the source ended too early, when it did; the summary then covers the frames before. */
  readonly sourceError: unknown;
}

/**
 * Analyses every frame of the source and closes it. What the pipeline or `onFrame` throws is thrown; what the source
 * throws after it gave frames is returned with the summary of those frames.
 */
export async function analyze(ports: AnalyzePorts): Promise<Analysis> {
  const { source, pipeline, clock, progress, maxFrames = Infinity } = ports;
  const latency = new Percentiles();
  const timeline = new Timeline({ framesPerSecond: source.framesPerSecond });
  const started = clock();
  let lengthMs = 0;
  let interrupted = false;
  let sourceError: unknown;
  const frames = source[Symbol.asyncIterator]();
  try {
    while (latency.count < maxFrames) {
      interrupted = ports.shouldStop?.() ?? false;
      if (interrupted) break;
      let next: IteratorResult<Frame>;
      try {
        next = await frames.next();
      } catch (error) {
        if (latency.count === 0) throw error;
        sourceError = error;
        break;
      }
      if (next.done) {
        interrupted = ports.shouldStop?.() ?? false;
        break;
      }
      const result = await pipeline.process(next.value);
      latency.add(result.latencyMs.total);
      timeline.add(result);
      lengthMs = next.value.timeMs;
      await ports.onFrame?.(result, next.value);
      progress.update(latency.count, source.estimatedFrames ?? 0, `${result.latencyMs.total.toFixed(1)} ms a frame`);
    }
  } finally {
    await source.close();
    progress.finish();
  }
  const seconds = (clock() - started) / 1000;
  const summary: AnalyzeSummary = {
    frames: latency.count,
    framesPerSecond: seconds > 0 ? Math.round((latency.count / seconds) * 10) / 10 : 0,
    latencyMs: { p50: latency.at(0.5), p95: latency.at(0.95), p99: latency.at(0.99) },
    lengthMs,
    interrupted,
  };
  return { summary, timeline, sourceError };
}
