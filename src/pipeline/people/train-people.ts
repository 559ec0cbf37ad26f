// Trains LBPH on a folder per person: every picture is read, its face detected and cropped.
import { People } from '../../core/identity/people.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { faceOptions, parseTrainPeople, type TrainPeopleOptions } from './config.js';
import { type FacesByName, type ReadFacesPorts, readFaces } from './read-faces.js';

/** The pictures that were used and left out. */
export interface TrainedPeople<P = People> extends Pick<FacesByName, 'whole' | 'leftOut'> {
  readonly people: P;
  /** Pictures used of each person. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Trains on `store` as `readFaces` reads it. Throws PeopleError when somebody has no usable picture. */
export async function trainPeople(
  store: BlobStore,
  options: TrainPeopleOptions,
  ports: ReadFacesPorts,
): Promise<TrainedPeople> {
  const { align, plain, faceSize, threshold } = parseTrainPeople(options);
  const size = { width: faceSize, height: faceSize };
  const { byName, whole, leftOut } = await readFaces(store, align ? size : null, ports);
  const people = People.train(byName, {
    threshold,
    ...faceOptions({ align, plain }),
    ...(align ? { faceSize: size } : {}),
  });
  const counts = new Map(people.names.map((name) => [name, people.pictureCount(name)]));
  return { people, counts, whole, leftOut };
}
