// The page's first worker: keeps the newest frame, reads its pixels and detects faces. While the live worker identifies and
// classifies the faces of one frame, this one detects those of the next.
import { config as configureZod } from 'zod';
import { FrameReader } from '../../../adapters/browser/image-codec.js';
import { openSession } from '../../../adapters/browser/session.js';
import { openNetworkDetector, type SearchingDetector } from '../../../core/detect/networks/open-detector.js';
import { liveSettings } from '../../../core/live/live-settings.js';
import type { DetectionAnswer, DetectionOrder, FromDetection, ToDetection } from './detection-protocol.js';
import { toFailure } from './failure.js';
import { useOwnRuntimeFiles } from './runtime-files.js';

/** The part of the worker's global scope that is used; the DOM library describes a window's. */
const scope = globalThis as unknown as {
  postMessage(message: FromDetection): void;
  onmessage: ((event: MessageEvent<ToDetection>) => void) | null;
};

/** A frame that holds memory of the browser until it is closed. */
interface OfferedFrame {
  readonly frame: VideoFrame | ImageBitmap;
  readonly source: number;
  readonly timeMs: number;
  readonly arrivedAt: number;
  close(): void;
}

/** Most pixels of the analysed picture: larger frames are reduced to this area, at which no face of usual size is missed. */
const analysedArea = 640 * 480;
/** Width of the smallest faces when small ones are wanted, pixels of the analysed picture. */
const smallFacePx = 24;
/** Frames that the live worker may have besides the one in this worker. */
const framesAhead = 1;

// The page's security policy forbids code from strings, which Zod would try for speed.
configureZod({ jitless: true });
useOwnRuntimeFiles();

const reader = new FrameReader(analysedArea);
let detector: SearchingDetector | undefined;
let live: MessagePort | undefined;
let stream: ReadableStreamDefaultReader<VideoFrame> | undefined;
let source = 0;
let isStarted = false;
let isPaused = false;
let minFace: number | undefined;
/** The newest frame, which waits while another is in work. */
let waiting: OfferedFrame | undefined;
let isWorking = false;
/** Frames that the live worker has, and what to call when it has finished one. */
let ahead = 0;
let onDone = (): void => {};

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'channel':
      live = data.port;
      live.onmessage = (event: MessageEvent<DetectionOrder>) => obey(event.data);
      break;
    case 'source':
      source = data.source;
      isPaused = false;
      waiting?.close();
      waiting = undefined;
      // Also when no further frame comes that would end the reading.
      void stream?.cancel().catch(() => {});
      break;
    case 'pause':
      isPaused = data.paused;
      break;
    case 'small-faces':
      minFace = data.wanted ? smallFacePx : undefined;
      detector?.setSearch(liveSettings({ minFace }).detector);
      break;
    case 'stream':
      void readStream(data.stream, data.source);
      break;
    case 'frame':
      offer(data.frame, data.source, data.timeMs, () => scope.postMessage({ type: 'frame-done' }));
  }
};

function obey(order: DetectionOrder): void {
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

async function open({ models, numbers, threads }: Extract<DetectionOrder, { type: 'open' }>): Promise<void> {
  const opened = await openNetworkDetector(models, openSession, { ...numbers, threads });
  // The first run of a network compiles and allocates; better now than during the first frame.
  await opened.detect({ width: 64, height: 64, channels: 1, data: new Uint8Array(64 * 64).fill(90) });
  if (minFace !== undefined) opened.setSearch(liveSettings({ minFace }).detector);
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

/** Takes a frame, which is closed in any case. A newer one replaces the one that waits. */
function offer(frame: VideoFrame | ImageBitmap, from: number, timeMs: number, onClosed = (): void => {}): void {
  let isClosed = false;
  const offered: OfferedFrame = {
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
  if (!isStarted || isPaused || from !== source) {
    offered.close();
    return;
  }
  waiting?.close();
  waiting = offered;
  if (!isWorking) void detectWaiting();
}

/** Detects the faces of one waiting frame after another, until none waits. */
async function detectWaiting(): Promise<void> {
  isWorking = true;
  while (waiting) {
    const offered = waiting;
    waiting = undefined;
    try {
      await detect(offered);
    } catch (error) {
      answer({ type: 'failed', source: offered.source, failure: toFailure(error) });
    } finally {
      offered.close();
    }
  }
  isWorking = false;
}

async function detect({ frame, source: from, timeMs, arrivedAt }: OfferedFrame): Promise<void> {
  const { width, height } =
    'displayWidth' in frame ? { width: frame.displayWidth, height: frame.displayHeight } : frame;
  const picture = reader.read(frame, width, height);
  const faces = await detector!.detect(picture);
  ahead++;
  answer({ type: 'detected', frame: { source: from, picture, faces, timeMs, arrivedAt } }, [picture.data.buffer]);
  while (ahead > framesAhead) {
    await new Promise<void>((resolve) => {
      onDone = resolve;
    });
  }
}

function answer(message: DetectionAnswer, transfer: Transferable[] = []): void {
  live?.postMessage(message, transfer);
}
