// What the detection worker is sent by the page, and the messages between it and the live worker over their channel.
import type { Face } from '../../../core/detect/face.js';
import type { DetectorModels } from '../../../core/detect/networks/open-detector.js';
import type { Picture } from '../../../core/image/picture.js';
import type { DetectorNumbers } from '../../../core/live/live-settings.js';
import type { Failure } from './failure.js';

/** From the page. Frames carry the number of their source. */
export type ToDetection =
  | { readonly type: 'channel'; readonly port: MessagePort }
  | { readonly type: 'source'; readonly source: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  /** Whether small faces are searched for too, in a part of each frame in turn. */
  | { readonly type: 'small-faces'; readonly wanted: boolean }
  | { readonly type: 'stream'; readonly source: number; readonly stream: ReadableStream<VideoFrame> }
  | {
      readonly type: 'frame';
      readonly source: number;
      readonly frame: VideoFrame | ImageBitmap;
      readonly timeMs: number;
    };

/** To the page: the worker has closed a frame of a `frame` message, searched or not. */
export interface FromDetection {
  readonly type: 'frame-done';
}

/** From the live worker. */
export type DetectionOrder =
  | {
      readonly type: 'open';
      readonly models: DetectorModels;
      readonly numbers: DetectorNumbers;
      readonly threads: number;
    }
  /** Everything is loaded: frames may come. */
  | { readonly type: 'start' }
  /** The live worker has finished a frame. */
  | { readonly type: 'done' };

/** A frame and the faces in it. `arrivedAt` is in milliseconds since the epoch, comparable between threads. */
export interface DetectedFrame {
  readonly source: number;
  readonly picture: Picture;
  readonly faces: readonly Face[];
  readonly timeMs: number;
  readonly arrivedAt: number;
}

/** To the live worker. */
export type DetectionAnswer =
  | { readonly type: 'opened' }
  | { readonly type: 'unusable'; readonly failure: Failure }
  | { readonly type: 'detected'; readonly frame: DetectedFrame }
  | { readonly type: 'failed'; readonly source: number; readonly failure: Failure };
