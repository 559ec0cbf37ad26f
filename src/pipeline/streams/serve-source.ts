// Analyses one source as long as the server runs: a source that ends or fails is opened again.
import type { Picture } from '../../core/image/picture.js';
import type { FrameResult } from '../../core/live/frame-result.js';
import type { LivePipeline } from '../../core/live/pipeline.js';
import type { ServedFrame, ServedStatus } from '../../core/live/served-frame.js';
import type { Frame, FrameSource } from '../../core/ports/frame-source.js';

export interface ServePorts {
  /** The source's name for the user. */
  readonly label: string;
  readonly open: () => Promise<FrameSource>;
  readonly pipeline: LivePipeline;
  /** As JPEG. */
  readonly encode: (picture: Picture) => Promise<Uint8Array>;
  readonly onStatus: (status: ServedStatus) => void;
  /** Receives every result, watched or not. */
  readonly onResult?: (result: FrameResult) => void;
  /** Receives the frames while somebody watches. */
  readonly onFrame: (frame: ServedFrame, jpeg: Uint8Array) => void;
  readonly isWatched: () => boolean;
  readonly shouldStop: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Returns early when the serving shall stop. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

const afterEndMs = 1000;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** Runs until it is stopped. The pauses before a failing source is opened again double up to 30 s. */
export async function serveSource(ports: ServePorts): Promise<void> {
  const { label, pipeline, onStatus, shouldStop, wait } = ports;
  let sequence = 0;
  let pauseMs = firstPauseMs;
  while (!shouldStop()) {
    let frames = 0;
    try {
      for await (const frame of openedSource(ports)) {
        if (frames === 0) onStatus({ state: 'playing', text: `Showing ${label}` });
        frames++;
        sequence++;
        await serveFrame(ports, frame, sequence);
        if (shouldStop()) return;
      }
      if (shouldStop()) return;
      if (frames > 0) pauseMs = afterEndMs;
      onStatus({ state: 'ended', text: `${label} has ended, and begins again in a moment` });
    } catch (error) {
      if (shouldStop()) return;
      if (frames > 0) pauseMs = firstPauseMs;
      const reason = error instanceof Error ? error.message : String(error);
      onStatus({ state: 'lost', text: `${reason}; trying again in ${Math.round(pauseMs / 1000)} s` });
    }
    await wait(pauseMs);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    // Faces of the reopened source get new tracks.
    await pipeline.reset();
  }
}

async function* openedSource({ open }: ServePorts): AsyncGenerator<Frame> {
  const source = await open();
  try {
    yield* source;
  } finally {
    await source.close();
  }
}

async function serveFrame(ports: ServePorts, frame: Frame, sequence: number): Promise<void> {
  const capturedAt = ports.now();
  const { picture } = frame;
  // In parallel: the encoder has its own thread.
  const [result, jpeg] = await Promise.all([
    ports.pipeline.process(frame),
    ports.isWatched() ? ports.encode(picture) : undefined,
  ]);
  ports.onResult?.(result);
  if (jpeg) ports.onFrame({ sequence, width: picture.width, height: picture.height, capturedAt, result }, jpeg);
}

/** Delays frames until their times, as from a camera. `wait` in milliseconds, `clock` monotonic. */
export function atOwnPace(
  source: FrameSource,
  { clock, wait }: { readonly clock: () => number; readonly wait: (milliseconds: number) => Promise<void> },
): FrameSource {
  async function* paced(): AsyncGenerator<Frame> {
    const startMs = clock();
    for await (const frame of source) {
      const early = startMs + frame.timeMs - clock();
      if (early > 0) await wait(early);
      yield frame;
    }
  }
  const { width, height, framesPerSecond } = source;
  return { width, height, framesPerSecond, close: () => source.close(), [Symbol.asyncIterator]: paced };
}
