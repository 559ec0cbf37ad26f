// A source that is analysed on this side, as the server sees it.
import type { ServedStatus } from '../../core/live/served-frame.js';

export interface LiveFeedEvents {
  /** A packed `ServedFrame` with its sequence. */
  readonly frame: (sequence: number, message: Uint8Array) => void;
  readonly status: (status: ServedStatus) => void;
}

export interface LiveFeed {
  /** Its name for the user; no password. */
  readonly label: string;
  /** Tells of frames and changes from now on. */
  listen(events: LiveFeedEvents): void;
  /** Pictures are wanted only while somebody watches; it analyses always. */
  setWatched(isWatched: boolean): void;
  close(): Promise<void>;
}
