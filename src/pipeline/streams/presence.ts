// The messages to other programs about a frame: who is there, with the confirmed expression. Never a picture, never a box.
import type { FrameResult } from '../../core/live/frame-result.js';

/** One face, as a message has it. */
export interface Presence {
  /** The name, or null while unknown. */
  readonly person: string | null;
  readonly track: number;
  /** Confirmed over time; null without an expression model. */
  readonly expression: string | null;
}

/** Everybody in a frame, known people by name first; equal for frames with the same people and expressions. */
export function presencesOf({ faces }: Pick<FrameResult, 'faces'>): Presence[] {
  const all = faces.map(({ person, track, confirmed }): Presence => ({ person, track, expression: confirmed }));
  return all.sort((one, other) => {
    if ((one.person === null) !== (other.person === null)) return one.person === null ? 1 : -1;
    if (one.person !== null && one.person !== other.person) return one.person < other.person! ? -1 : 1;
    return one.track - other.track;
  });
}

export interface PresenceMessage {
  readonly topic: string;
  /** JSON; '' deletes the retained message. */
  readonly payload: string;
}

/** The messages after each frame: only changes, so that a still room sends nothing. */
export class PresenceMessages {
  readonly #root: string;
  #last = '';
  #people = new Map<string, string>();

  /** `root`: the topic that all others begin with. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The messages at the start, which replace the retained ones of an earlier run; `names`: everybody who can be recognised. */
  begin(names: readonly string[], time: string): PresenceMessage[] {
    this.#last = '[]';
    return [
      { topic: `${this.#root}/faces`, payload: JSON.stringify({ time, count: 0, faces: [] }) },
      ...names.map((person) => this.#person(person, { time, present: false, expression: null })),
    ];
  }

  /** `time`: ISO 8601. */
  after(result: Pick<FrameResult, 'faces'>, time: string): PresenceMessage[] {
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

  #person(person: string, state: object): PresenceMessage {
    return { topic: `${this.#root}/person/${topicName(person)}`, payload: JSON.stringify({ person, ...state }) };
  }
}

/** A name as a level of a topic, without the characters that are special there (MQTT 5, 4.7). */
export function topicName(name: string): string {
  return name.replace(/[/+#]/g, '_').replaceAll('\0', '_');
}
