// Identifies the person in a picture.
import type { FaceDetector } from '../../core/detect/face.js';
import { findFace } from '../../core/identity/find-face.js';
import type { KnownPeople } from '../../core/identity/identification.js';
import type { Picture } from '../../core/image/picture.js';

/** `person` null is unknown; `distance` null means that no face was found. */
export interface PictureIdentity {
  readonly person: string | null;
  readonly distance: number | null;
}

/**
 * Identifies the largest face when the people are aligned (which needs a `detector`), otherwise the whole picture, as in
 * training.
 */
export async function identifyPicture(
  people: KnownPeople,
  picture: Picture,
  detector: FaceDetector | undefined,
): Promise<PictureIdentity> {
  if (!people.align || !detector) return people.identify(picture, null);
  const face = await findFace(picture, detector);
  if (face === 'none') return { person: null, distance: null };
  if (face === 'whole') return people.identify(picture, null);
  if (face !== 'several') return people.identify(picture, face);
  const area = (box: readonly number[]) => box[2]! * box[3]!;
  const [largest] = (await detector.detect(picture)).sort((a, b) => area(b.box) - area(a.box));
  return people.identify(picture, largest!);
}
