// The page's first worker: takes frames, reads their pixels, finds faces. While the live worker names and classifies one
// frame's faces, this one already looks at the next frame.
import { config as configureZod } from 'zod';
import { FrameReader } from '../../../adapters/browser/image-codec.js';
import { openSession } from '../../../adapters/browser/session.js';
import { NeuralFaceDetector } from '../../../core/detect/mediapipe/neural-detector.js';
import { liveSettings } from '../../../core/live/live-settings.js';
import type { FromLook, LookAnswer, LookOrder, ToLook } from './detection-protocol.js';
import { toFailure } from './failure.js';
import { FrameLoop } from './frame-loop.js';
import { useOwnRuntimeFiles } from './runtime-files.js';

/** The part of the worker's global scope that is used; the DOM library describes a window's. */
const scope = globalThis as unknown as {
  postMessage(message: FromLook): void;
  onmessage: ((event: MessageEvent<ToLook>) => void) | null;
};

interface Waiting {
  readonly frame: VideoFrame | ImageBitmap;
  readonly source: number;
  readonly timeMs: number;
  readonly arrivedAt: number;
  close(): void;
}

/** Pixels that are looked at: larger frames are shrunk to this area, which costs no face worth finding. */
const lookedAtArea = 640 * 480;
/** Width of the smallest faces that are looked for when small ones are wanted, pixels of what is looked at. */
const smallFacePx = 24;
/** Frames that the live worker may have besides the one that this worker looks at. */
const framesAhead = 1;

// The page's security policy forbids code from strings, which Zod would try for speed.
configureZod({ jitless: true });
useOwnRuntimeFiles();

const reader = new FrameReader(lookedAtArea);
const loop = new FrameLoop<Waiting>(look);
let detector: NeuralFaceDetector | undefined;
let live: MessagePort | undefined;
let stream: ReadableStreamDefaultReader<VideoFrame> | undefined;
let source = 0;
let isStarted = false;
let isPaused = false;
let settings = liveSettings().detector;
/** Frames that the live worker has, and who waits for it to finish one. */
let ahead = 0;
let onDone = (): void => {};

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'channel':
      live = data.port;
      live.onmessage = (event: MessageEvent<LookOrder>) => obey(event.data);
      break;
    case 'source':
      source = data.source;
      isPaused = false;
      loop.clear();
      // Also when no further frame comes that would end the reading.
      void stream?.cancel().catch(() => {});
      break;
    case 'pause':
      isPaused = data.paused;
      break;
    case 'small-faces':
      settings = liveSettings({ minFace: data.wanted ? smallFacePx : undefined }).detector;
      detector?.setSearch(settings);
      break;
    case 'stream':
      void readStream(data.stream, data.source);
      break;
    case 'frame':
      offer(data.frame, data.source, data.timeMs, () => scope.postMessage({ type: 'frame-done' }));
  }
};

function obey(order: LookOrder): void {
  switch (order.type) {
    case 'open':
      open(order).then(
        () => answer({ type: 'opened' }),
        (error: unknown) => answer({ type: 'unusable', failure: toFailure(error) }),
      );
      break;
    case 'start':
      isStarted = true;
      break;
    case 'done':
      ahead--;
      onDone();
  }
}

async function open({ fullRange, shortRange, threads }: Extract<LookOrder, { type: 'open' }>): Promise<void> {
  const opened = await NeuralFaceDetector.open({ fullRange, ...(shortRange ? { shortRange } : {}) }, openSession, {
    ...settings,
    threads,
  });
  // The first run of a network compiles and allocates; better now than during the first frame.
  await opened.detect({ width: 64, height: 64, channels: 1, data: new Uint8Array(64 * 64).fill(90) });
  opened.setSearch(settings);
  detector = opened;
}

async function readStream(opened: ReadableStream<VideoFrame>, from: number): Promise<void> {
  const frames = opened.getReader();
  stream = frames;
  try {
    for (let next = await frames.read(); !next.done; next = await frames.read()) {
      offer(next.value, from, next.value.timestamp / 1000);
      if (from !== source) break;
    }
  } finally {
    await frames.cancel().catch(() => {});
  }
}

function offer(frame: VideoFrame | ImageBitmap, from: number, timeMs: number, onClosed = (): void => {}): void {
  let isClosed = false;
  const waiting: Waiting = {
    frame,
    source: from,
    timeMs,
    arrivedAt: performance.timeOrigin + performance.now(),
    close() {
      if (isClosed) return;
      isClosed = true;
      frame.close();
      onClosed();
    },
  };
  if (!isStarted || isPaused || from !== source) waiting.close();
  else loop.offer(waiting);
}

async function look({ frame, source: from, timeMs, arrivedAt }: Waiting): Promise<void> {
  try {
    const { width, height } =
      'displayWidth' in frame ? { width: frame.displayWidth, height: frame.displayHeight } : frame;
    const picture = reader.read(frame, width, height);
    const faces = await detector!.detect(picture);
    ahead++;
    answer({ type: 'looked', looked: { source: from, picture, faces, timeMs, arrivedAt } }, [picture.data.buffer]);
    while (ahead > framesAhead) {
      await new Promise<void>((resolve) => {
        onDone = resolve;
      });
    }
  } catch (error) {
    answer({ type: 'failed', source: from, failure: toFailure(error) });
  }
}

function answer(message: LookAnswer, transfer: Transferable[] = []): void {
  live?.postMessage(message, transfer);
}
