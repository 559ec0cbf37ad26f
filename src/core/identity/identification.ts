import type { Face } from '../detect/face.js';
import type { Picture } from '../image/picture.js';

/** One answer of the recogniser: `person` null means unknown; `distance` is that of the nearest known face. */
export interface Identification {
  readonly person: string | null;
  readonly distance: number;
}

/** People known by any method: `People` by LBPH, `EmbeddedPeople` by a face embedding. */
export interface KnownPeople {
  /** Everybody's name, sorted. */
  readonly names: readonly string[];
  /** Whether faces must be found; else pictures are taken whole. */
  readonly align: boolean;
  /** Identifies a face; null takes the whole picture for one. */
  identify(picture: Picture, face: Face | null): Identification | Promise<Identification>;
}
