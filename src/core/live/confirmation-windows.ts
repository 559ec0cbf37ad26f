// A confirmation window for every person and every unknown track, by the chosen rule.
import { type ConfirmationOptions, ConfirmationWindow } from './confirmation-window.js';
import { type LabelSample, type SmoothOptions, SmoothWindow } from './smooth-window.js';

/** `smooth` averages probabilities over time; `original` is the study case's, which counts frames. */
export const windowRules = ['smooth', 'original'] as const;
export type WindowRule = (typeof windowRules)[number];

/** It was correct sooner and changed less often (docs/experiments/live.md, 'Confirmation by frames or by time'). */
export const defaultWindowRule = 'smooth' satisfies WindowRule;

/** A rule with its options; `smooth` by default. */
export type WindowOptions =
  | ({ readonly rule: 'original' } & ConfirmationOptions)
  | ({ readonly rule?: typeof defaultWindowRule } & SmoothOptions);

/** Whose label it is: a known person, else the track. */
export interface WindowOwner {
  readonly person: string | null;
  readonly track: number;
}

/** The confirmation window of one face, whatever its rule. */
type LabelWindow = (sample: LabelSample) => string;

/**
 * One window per known person and one per track of somebody unknown. A window ends with its track: a person's when
 * the track that last showed them ends, so a person who leaves and comes back gets a new window.
 */
export class ConfirmationWindows {
  #options: WindowOptions;
  readonly #people = new Map<string, { push: LabelWindow; track: number }>();
  readonly #tracks = new Map<number, LabelWindow>();

  constructor(options: WindowOptions = {}) {
    openWindow(options);
    this.#options = options;
  }

  /** Adds one frame's expression of its owner and returns the label confirmed for them. */
  push({ person, track }: WindowOwner, sample: LabelSample): string {
    if (person !== null) {
      const entry = this.#people.get(person) ?? { push: openWindow(this.#options), track };
      entry.track = track;
      this.#people.set(person, entry);
      return entry.push(sample);
    }
    let push = this.#tracks.get(track);
    if (!push) {
      push = openWindow(this.#options);
      this.#tracks.set(track, push);
    }
    return push(sample);
  }

  /** Ends the windows of this track. */
  endTrack(track: number): void {
    this.#tracks.delete(track);
    for (const [person, entry] of this.#people) if (entry.track === track) this.#people.delete(person);
  }

  /** Clears the windows of known people, as when the people file changes: of all, or of some; unknown people keep theirs. */
  forgetPeople(isForgotten: (person: string) => boolean = () => true): void {
    for (const person of this.#people.keys()) if (isForgotten(person)) this.#people.delete(person);
  }

  /** Clears all windows and, when given, takes other options. Throws ConfigError for bad ones and then changes nothing. */
  restart(options: WindowOptions = this.#options): void {
    openWindow(options);
    this.#options = options;
    this.#people.clear();
    this.#tracks.clear();
  }

  /** How many windows are open. */
  get count(): number {
    return this.#people.size + this.#tracks.size;
  }
}

function openWindow(options: WindowOptions): LabelWindow {
  if (options.rule === 'original') {
    const window = new ConfirmationWindow(options);
    return ({ label }) => window.push(label);
  }
  const window = new SmoothWindow(options);
  return (sample) => window.push(sample);
}
