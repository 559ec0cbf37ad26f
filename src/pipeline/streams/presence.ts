// What is told of a frame to other programs: who is there and what their confirmed expression is. Never a picture, never a box.
import type { FrameResult } from '../../core/live/frame-result.js';

/** One face, as others are told of it. */
export interface Presence {
  /** The name, or null while unknown. */
  readonly person: string | null;
  readonly track: number;
  /** Confirmed over time; null without an expression model. */
  readonly expression: string | null;
}

/** Everybody in a frame, known people by name first; equal for frames that say the same. */
export function presencesOf({ faces }: Pick<FrameResult, 'faces'>): Presence[] {
  const all = faces.map(({ person, track, confirmed }): Presence => ({ person, track, expression: confirmed }));
  return all.sort((one, other) => {
    if ((one.person === null) !== (other.person === null)) return one.person === null ? 1 : -1;
    if (one.person !== null && one.person !== other.person) return one.person < other.person! ? -1 : 1;
    return one.track - other.track;
  });
}

export interface Told {
  readonly topic: string;
  /** JSON; '' takes back what was kept. */
  readonly payload: string;
}

/** What to tell after each frame: only what changed, so that a still room is silent. */
export class PresenceNews {
  readonly #root: string;
  #last = '';
  #people = new Map<string, string>();

  /** `root`: the topic that all others begin with. */
  constructor(root: string) {
    this.#root = root;
  }

  /** What to tell at the start, `names` being those who can be recognised: what was kept of an earlier run holds no more. */
  begin(names: readonly string[], time: string): Told[] {
    this.#last = '[]';
    return [
      { topic: `${this.#root}/faces`, payload: JSON.stringify({ time, count: 0, faces: [] }) },
      ...names.map((person) => this.#person(person, { time, present: false, expression: null })),
    ];
  }

  /** `time`: ISO 8601. */
  after(result: Pick<FrameResult, 'faces'>, time: string): Told[] {
    const faces = presencesOf(result);
    const text = JSON.stringify(faces);
    if (text === this.#last) return [];
    this.#last = text;
    const people = new Map(
      faces.flatMap(({ person, expression }) => (person === null ? [] : [[person, expression ?? '']])),
    );
    const changed = [...people].filter(([person, expression]) => this.#people.get(person) !== expression);
    const gone = [...this.#people.keys()].filter((person) => !people.has(person));
    this.#people = people;
    return [
      { topic: `${this.#root}/faces`, payload: JSON.stringify({ time, count: faces.length, faces }) },
      ...changed.map(([person, expression]) =>
        this.#person(person, { time, present: true, expression: expression || null }),
      ),
      ...gone.map((person) => this.#person(person, { time, present: false, expression: null })),
    ];
  }

  #person(person: string, state: object): Told {
    return { topic: `${this.#root}/person/${topicName(person)}`, payload: JSON.stringify({ person, ...state }) };
  }
}

/** A name as a level of a topic: without the characters that mean something there (MQTT 5, 4.7). */
export function topicName(name: string): string {
  return name.replace(/[/+#]/g, '_').replaceAll('\0', '_');
}
