// Where frames come from: a camera, a file, a stream, a folder of pictures.
import type { DepthPicture } from '../image/depth-picture.js';
import type { Picture } from '../image/picture.js';

/** One frame. `timeMs` counts from the source's first frame. */
export interface Frame {
  readonly index: number;
  readonly timeMs: number;
  readonly picture: Picture;
  /** Only from a source with a depth camera. */
  readonly depth?: DepthPicture | undefined;
}

/** Yields frames in order; a file loses none, a live source gives the newest. Ends with the source, throws MediaError or DeviceError. */
export interface FrameSource extends AsyncIterable<Frame> {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | undefined;
  close(): Promise<void>;
}
