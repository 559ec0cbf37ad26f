// Where frames with their depth go: a recording of a camera that measures it.
import type { Frame } from './frame-source.js';

/** The recording is whole after each frame. */
export interface FrameWriter {
  /** Throws ConfigError for a frame that the recording cannot hold, StorageError when it could not be written. */
  write(frame: Frame): Promise<void>;
}
