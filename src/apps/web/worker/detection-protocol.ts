// What the looking worker hears from the page, and what it and the live worker say to each other over their channel.
import type { Face } from '../../../core/detect/face.js';
import type { Picture } from '../../../core/image/picture.js';
import type { Failure } from './failure.js';

/** From the page. Frames carry the number of their source. */
export type ToLook =
  | { readonly type: 'channel'; readonly port: MessagePort }
  | { readonly type: 'source'; readonly source: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  /** Whether small faces are looked for too, a part of each frame in turn. */
  | { readonly type: 'small-faces'; readonly wanted: boolean }
  | { readonly type: 'stream'; readonly source: number; readonly stream: ReadableStream<VideoFrame> }
  | {
      readonly type: 'frame';
      readonly source: number;
      readonly frame: VideoFrame | ImageBitmap;
      readonly timeMs: number;
    };

/** To the page: a frame of the `frame` message is done with, looked at or not. */
export interface FromLook {
  readonly type: 'frame-done';
}

/** From the live worker. */
export type LookOrder =
  | {
      readonly type: 'open';
      readonly fullRange: Uint8Array;
      readonly shortRange?: Uint8Array;
      readonly threads: number;
    }
  /** Everything is loaded: frames may come. */
  | { readonly type: 'start' }
  /** A frame's second half is done: the next may come. */
  | { readonly type: 'done' };

/** A frame and its faces. `arrivedAt` is in milliseconds since the epoch, comparable between threads. */
export interface Looked {
  readonly source: number;
  readonly picture: Picture;
  readonly faces: readonly Face[];
  readonly timeMs: number;
  readonly arrivedAt: number;
}

/** To the live worker. */
export type LookAnswer =
  | { readonly type: 'opened' }
  | { readonly type: 'unusable'; readonly failure: Failure }
  | { readonly type: 'looked'; readonly looked: Looked }
  | { readonly type: 'failed'; readonly source: number; readonly failure: Failure };
