// Recording a source: as a video at a constant rate, or frame by frame with its depth.
import type { FrameSource } from '../../core/ports/frame-source.js';
import type { FrameWriter } from '../../core/ports/frame-writer.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { VideoEncoder } from '../../core/ports/video-encoder.js';
import { steadyFrames } from './steady-frames.js';

/** Frames a second of a recording whose source tells no plausible rate. */
export const defaultRecordingRate = 30;

export interface RecordOptions {
  /** Frames a second of the recording; where frames keep their own times, for progress only. */
  readonly rate: number;
  /** Ends after so many seconds of the source; default when the source ends. */
  readonly seconds?: number | undefined;
  readonly progress?: Progress;
}

export interface Recording {
  readonly frames: number;
  /** How long it plays. */
  readonly seconds: number;
}

/** A source that may know how many frames it has. */
export type RecordedSource = FrameSource & { readonly estimatedFrames?: number | undefined };

/** The rate of a recording. Cameras without a rate report another number, such as the clock of their stream. */
export function recordingRate({ framesPerSecond }: Pick<FrameSource, 'framesPerSecond'>): number {
  return framesPerSecond !== undefined && framesPerSecond >= 1 && framesPerSecond <= 240
    ? framesPerSecond
    : defaultRecordingRate;
}

/** Ends the encoder. What was there when a source breaks off stays a whole video; then throws the source's error. */
export async function recordVideo(
  source: RecordedSource,
  encoder: VideoEncoder,
  { rate, seconds = Number.POSITIVE_INFINITY, progress = silentProgress }: RecordOptions,
): Promise<Recording> {
  let frames = 0;
  let failure: { error: unknown } | undefined;
  const total = Number.isFinite(seconds) ? Math.round(seconds * rate) : (source.estimatedFrames ?? 0);
  try {
    for await (const picture of steadyFrames(source, rate, 1000 * seconds)) {
      await encoder.write(picture);
      progress.update(++frames, Math.max(total, frames), secondsText(frames / rate));
    }
  } catch (error) {
    failure = { error };
  }
  if (frames > 0) await encoder.finish();
  await encoder.abort();
  if (failure) throw failure.error;
  return { frames, seconds: frames / rate };
}

/** Every frame with its depth, at its own time. */
export async function recordFrames(
  source: RecordedSource,
  writer: FrameWriter,
  { rate, seconds = Number.POSITIVE_INFINITY, progress = silentProgress }: RecordOptions,
): Promise<Recording> {
  let frames = 0;
  let lastMs = 0;
  for await (const frame of source) {
    if (frame.timeMs >= 1000 * seconds) break;
    await writer.write(frame);
    lastMs = frame.timeMs;
    progress.update(
      ++frames,
      Number.isFinite(seconds) ? Math.round(seconds * rate) : frames,
      secondsText(lastMs / 1000),
    );
  }
  return { frames, seconds: lastMs / 1000 };
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
