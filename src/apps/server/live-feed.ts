// A source that the server's machine analyses: its frames and changes.
import type { ServedStatus } from '../../core/live/served-frame.js';

export interface LiveFeedEvents {
  /** A packed `ServedFrame` with its sequence. */
  readonly frame: (sequence: number, message: Uint8Array) => void;
  readonly status: (status: ServedStatus) => void;
}

export interface LiveFeed {
  /** Its name for the user; no password. */
  readonly label: string;
  /** Calls back for frames and changes from now on. */
  listen(events: LiveFeedEvents): void;
  /** Whether a page shows it: pictures are encoded only then; the analysis runs always. */
  setWatched(isWatched: boolean): void;
  close(): Promise<void>;
}
