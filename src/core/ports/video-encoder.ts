// Where the pictures of a video go: a file.
import type { Picture } from '../image/picture.js';

export interface VideoEncoder {
  /** Adds a frame; resolves when the next one is welcome. The pixels may be reused after that. */
  write(picture: Picture): Promise<void>;
  /**
   * Completes the file, reads it again and gives it its name. Throws DeviceError when there was no frame or the encoder failed,
   * StorageError when it could not be written: what was at that name stays, and what was recorded is kept in the file that the message names.
   */
  finish(): Promise<void>;
  /** Gives up and removes what was written. */
  abort(): Promise<void>;
}
