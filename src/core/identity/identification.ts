/** One answer of the recogniser: `person` null means unknown; `distance` is that of the nearest known face. */
export interface Identification {
  readonly person: string | null;
  readonly distance: number;
}
