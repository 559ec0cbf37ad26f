// Shows the analysed frames: boxes for each, the list of faces and the figures only as often as they can be read.
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
  readonly #draw: (report: FrameReport | null) => void;

  /** `draw` gets every frame, null when there is nothing to draw any more. */
  constructor(draw: (report: FrameReport | null) => void) {
    this.#draw = draw;
  }

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
    this.#draw(report);
  }

  /** The source ends: the next frame begins a new timeline. */
  clear(): void {
    this.timeline.endSource();
    this.rest();
  }

  /** The source is interrupted: no face is shown. */
  rest(): void {
    this.#rates.clear();
    this.#cardsAt = 0;
    state.figures.value = null;
    state.faces.value = [];
    this.#draw(null);
  }

  /** Announces who came or went; expressions change too often to be spoken. */
  #announceFaces(): void {
    const seen = state.faces.value;
    const names = seen.flatMap(({ person }) => (person ? [person] : [])).sort();
    const unknown = seen.length - names.length;
    const text = [...names, ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(', ') || 'nobody';
    if (text !== this.#announcedFaces) state.announcement.value = `In view: ${text}`;
    this.#announcedFaces = text;
  }
}
