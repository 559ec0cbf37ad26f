// Shows what was found in the frames, no more often than it can be read: faces, speed, and who came or went.
import type { FrameReport } from '../worker/protocol.js';
import * as state from './live-state.js';
import { Rates } from './rates.js';
import { TimelineRecorder } from './timeline-recorder.js';

const cardsEveryMs = 100;
const figuresEveryMs = 500;

export class FrameReporter {
  readonly timeline = new TimelineRecorder();
  readonly #rates = new Rates();
  #cardsAt = 0;
  #figuresAt = 0;
  #announcedFaces = '';

  add(report: FrameReport): void {
    const now = performance.now();
    const wait = Math.max(0, performance.timeOrigin + now - report.endedAt);
    this.#rates.add(now, report.latencyMs + wait);
    this.timeline.add(report.result);
    if (now - this.#cardsAt >= cardsEveryMs) {
      this.#cardsAt = now;
      state.faces.value = report.result.faces.map(({ track, person, confirmed, probabilities }) => ({
        track,
        person,
        confirmed,
        probabilities,
      }));
      this.#announceFaces();
    }
    if (now - this.#figuresAt >= figuresEveryMs) {
      this.#figuresAt = now;
      state.figures.value = {
        framesPerSecond: this.#rates.framesPerSecond(now),
        latencyMs: { p50: this.#rates.latencyMs(0.5), p95: this.#rates.latencyMs(0.95) },
      };
    }
  }

  /** Another source: the next frame begins another timeline. */
  clear(): void {
    this.timeline.endSource();
    this.rest();
  }

  /** Nothing is in view any more, for now. */
  rest(): void {
    this.#rates.clear();
    this.#cardsAt = 0;
    state.figures.value = null;
    state.faces.value = [];
  }

  /** Says who came or went; expressions change too often to be spoken. */
  #announceFaces(): void {
    const seen = state.faces.value;
    const names = seen.flatMap(({ person }) => (person ? [person] : [])).sort();
    const unknown = seen.length - names.length;
    const text = [...names, ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(', ') || 'nobody';
    if (text !== this.#announcedFaces) state.announcement.value = `In view: ${text}`;
    this.#announcedFaces = text;
  }
}
