// The faults of a set of annotated pictures: all are counted by their kind, the first are kept with their places.

/** Kinds of faults, as a report names them. */
export const faultKinds = {
  text: 'annotations that cannot be read',
  box: 'boxes without an area in their picture',
  size: 'pictures of another size than annotated',
  twice: 'pictures annotated twice',
  missingPicture: 'annotations without a picture',
  missingAnnotation: 'pictures without annotations',
  picture: 'pictures that cannot be read',
} as const;

export type FaultKind = keyof typeof faultKinds;

/** Faults that are named; the rest are counted. */
export const mostNamed = 10;

export class Faults {
  readonly #named: string[] = [];
  readonly #counts = new Map<FaultKind, number>();

  /** `place`: the file, and the line when there is one. */
  add(kind: FaultKind, place: string, problem: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (this.#named.length < mostNamed) this.#named.push(`${place}: ${problem}`);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The first ten, "labels/a.txt, line 3: …". */
  get named(): readonly string[] {
    return this.#named;
  }

  /** "boxes without an area in their picture 2, pictures that cannot be read 1". */
  summarise(): string {
    return [...this.#counts].map(([kind, count]) => `${faultKinds[kind]} ${count}`).join(', ');
  }
}
