// What identifies faces: people known by any method, and their answers.
import type { Face } from '../detect/face.js';
import { PeopleError } from '../errors.js';
import type { Picture } from '../image/picture.js';

/** One answer of the recogniser: `person` null means unknown; `distance` is that of the nearest known face. */
export interface Identification {
  readonly person: string | null;
  readonly distance: number;
}

/** Identifies faces of type `F`. */
export interface FaceIdentifier<F = Face> {
  identify(picture: Picture, face: F): Identification | Promise<Identification>;
  /** Faces of one picture together, in their order, where that is quicker than one after the other. */
  identifyAll?(picture: Picture, faces: readonly F[]): Promise<readonly Identification[]>;
}

/** People known by any method: `People` by LBPH, `EmbeddedPeople` by a face embedding. A face that is null is the whole picture. */
export interface KnownPeople extends FaceIdentifier<Face | null> {
  /** Everybody's name, sorted. */
  readonly names: readonly string[];
  /** Whether faces must be found; else pictures are taken whole. */
  readonly align: boolean;
}

/** The faces of one picture, together where the people can. Throws PeopleError when they do not answer for each face. */
export async function identifyFaces<F>(
  people: FaceIdentifier<F>,
  picture: Picture,
  faces: readonly F[],
): Promise<readonly Identification[]> {
  if (faces.length === 0) return [];
  const answers = people.identifyAll
    ? await people.identifyAll(picture, faces)
    : await Promise.all(faces.map((face) => people.identify(picture, face)));
  if (answers.length === faces.length) return answers;
  throw new PeopleError(`the people must answer for ${faces.length} faces, found ${answers.length} answers`);
}
