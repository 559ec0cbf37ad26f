// Plays one source at a time in the video element: the one chosen last.
import type { LiveSource, SourceKind } from '../sources/live-source.js';
import { toFailure } from '../worker/failure.js';
import * as state from './live-state.js';

/** A source, and which camera or which of the server's sources it is. */
type OpenedSource = LiveSource & { readonly deviceId?: string | undefined; readonly served?: number };

interface PlayerEvents {
  /** `source` plays. */
  readonly opened: () => void;
  /** The source is about to be closed. */
  readonly closing: () => void;
}

const faultTitles: Readonly<Record<SourceKind, string>> = {
  camera: 'The camera is not available',
  file: 'This video cannot be played',
  sample: 'The sample cannot be played',
  served: 'The source cannot be shown',
};

export class SourcePlayer {
  readonly #video: HTMLVideoElement;
  readonly #events: PlayerEvents;
  #source: LiveSource | undefined;
  #attempt = 0;

  constructor(video: HTMLVideoElement, events: PlayerEvents) {
    this.#video = video;
    this.#events = events;
  }

  /** The source that plays; undefined when none does. */
  get source(): LiveSource | undefined {
    return this.#source;
  }

  /** Another number after each call of `open`. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Closes the source before and opens this one. False when it failed, which the page shows, or a newer one was chosen. */
  async open(kind: SourceKind, retry: (() => void) | null, openSource: () => Promise<OpenedSource>): Promise<boolean> {
    const attempt = ++this.#attempt;
    this.close();
    state.stageFailure.value = null;
    state.opening.value = kind;
    let opened: OpenedSource | undefined;
    try {
      opened = await openSource();
      if (attempt === this.#attempt) await opened.attach(this.#video);
    } catch (error) {
      opened?.close();
      if (attempt === this.#attempt) this.fail(kind, error, retry);
      return false;
    }
    if (attempt !== this.#attempt) {
      opened.close();
      return false;
    }
    this.#show(opened);
    return true;
  }

  setPaused(paused: boolean): void {
    state.isPaused.value = paused;
    this.#source?.setPaused(paused);
    if (paused) this.#video.pause();
    else void this.#video.play().catch(() => {});
  }

  close(): void {
    this.#events.closing();
    this.#source?.close();
    this.#source = undefined;
    this.#video.pause();
    this.#video.srcObject = null;
    this.#video.removeAttribute('src');
    state.source.value = null;
    state.isPaused.value = false;
  }

  fail(kind: SourceKind, error: unknown, retry: (() => void) | null): void {
    state.opening.value = null;
    state.stageFailure.value = { title: faultTitles[kind], failure: toFailure(error), retry };
  }

  #show(opened: OpenedSource): void {
    this.#source = opened;
    state.opening.value = null;
    state.source.value = {
      kind: opened.kind,
      label: opened.label,
      isMirrored: opened.isMirrored,
      credit: opened.credit,
      aspect: this.#video.videoWidth / this.#video.videoHeight || 4 / 3,
      deviceId: opened.deviceId,
      served: opened.served,
    };
    state.announcement.value = `Showing ${opened.label}`;
    this.#events.opened();
  }
}
