// Records who showed which confirmed expression since the source began, in memory only, and saves it on request.
import type { FrameResult } from '../../../core/live/frame-result.js';
import { Timeline } from '../../../pipeline/streams/timeline.js';
import { type TimelineKind, timelineText } from '../../../pipeline/streams/timeline-file.js';
import { download } from './download.js';
import * as state from './live-state.js';
import { timelineRows } from './timeline-rows.js';

const rowsEveryMs = 250;
const maxStretches = 20_000;

/** The record of a source is kept until the next one's first frame, so that it can still be saved. */
export class TimelineRecorder {
  #timeline = fresh();
  #startedAt = new Date();
  #lastMs: number | undefined;
  #elapsedMs = 0;
  #shownMs = Number.NEGATIVE_INFINITY;
  #isOver = true;

  add({ timeMs, faces }: FrameResult): void {
    if (this.#isOver) this.clear();
    this.#isOver = false;
    // A file that plays in a loop begins at 0 again; the timeline goes on.
    this.#elapsedMs += Math.max(0, timeMs - (this.#lastMs ?? timeMs));
    this.#lastMs = timeMs;
    this.#timeline.add({ timeMs: this.#elapsedMs, faces });
    if (this.#elapsedMs - this.#shownMs >= rowsEveryMs) this.show();
  }

  /** The next frame begins a new timeline. */
  endSource(): void {
    this.#isOver = true;
  }

  /** Clears the record and goes on from now. */
  clear(): void {
    this.#timeline = fresh();
    this.#startedAt = new Date();
    this.#lastMs = undefined;
    this.#elapsedMs = 0;
    this.show();
  }

  /** Removes a person who was forgotten. */
  forget(person: string): void {
    this.#timeline.forget(person);
    this.show();
  }

  /** Shows the last part of the timeline on the page. */
  show(): void {
    this.#shownMs = this.#elapsedMs;
    state.timeline.value = timelineRows(this.#timeline.stretches, this.#elapsedMs, state.timelineSpanMs.value);
  }

  save(kind: TimelineKind): void {
    const began = this.#startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
    const type = kind === 'csv' ? 'text/csv' : 'application/json';
    download(`moodlens-timeline-${began}Z.${kind}`, timelineText(this.#timeline, kind), type);
  }
}

const fresh = (): Timeline => new Timeline({ maxStretches, keep: 'latest' });
