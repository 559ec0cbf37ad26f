// Who is in how many photographs, and with which expressions.
import type { Photo } from './photo.js';

export interface PersonSummary {
  /** Null: all faces without a name. */
  readonly person: string | null;
  readonly photos: number;
  readonly faces: number;
  /** Faces by most probable expression, the most frequent first. */
  readonly expressions: Readonly<Record<string, number>>;
}

/** The last line of `moodlens analyze --json` on photographs. */
export interface PhotosSummary {
  /** Those that could be read, of this run and of an earlier one. */
  readonly photos: number;
  readonly faces: number;
  readonly withoutFace: number;
  readonly unreadable: number;
  /** Whether it was stopped before the last photograph. */
  readonly interrupted: boolean;
  /** Who is in most photographs first, the unknown last. */
  readonly people: readonly PersonSummary[];
}

interface Count {
  photos: number;
  faces: number;
  readonly expressions: Map<string, number>;
}

/** Counts photographs in memory that grows with the people only. */
export class PhotoCounts {
  #photos = 0;
  #faces = 0;
  #withoutFace = 0;
  readonly #people = new Map<string | null, Count>();
  unreadable = 0;

  add({ faces }: Pick<Photo, 'faces'>): void {
    this.#photos++;
    this.#faces += faces.length;
    if (faces.length === 0) this.#withoutFace++;
    for (const person of new Set(faces.map((face) => face.person))) this.#of(person).photos++;
    for (const { person, expression } of faces) {
      const count = this.#of(person);
      count.faces++;
      count.expressions.set(expression, (count.expressions.get(expression) ?? 0) + 1);
    }
  }

  summary(interrupted: boolean): PhotosSummary {
    const people = [...this.#people].map(([person, { photos, faces, expressions }]): PersonSummary => {
      const ordered = [...expressions].sort((a, b) => b[1] - a[1]);
      return { person, photos, faces, expressions: Object.fromEntries(ordered) };
    });
    people.sort((a, b) => Number(a.person === null) - Number(b.person === null) || b.photos - a.photos);
    return {
      photos: this.#photos,
      faces: this.#faces,
      withoutFace: this.#withoutFace,
      unreadable: this.unreadable,
      interrupted,
      people,
    };
  }

  #of(person: string | null): Count {
    const count = this.#people.get(person) ?? { photos: 0, faces: 0, expressions: new Map<string, number>() };
    this.#people.set(person, count);
    return count;
  }
}
