// Learns people by a face embedding from a folder per person: every picture is read, its face found, cut out and embedded.
import type { FaceDetector } from '../../core/detect/face.js';
import { EmbeddedGallery } from '../../core/identity/embedded-gallery.js';
import { embeddingFacts, embedPicture, type HashedEmbedding } from '../../core/identity/embedded-people.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { EncodePicture } from '../../core/ports/encode-picture.js';
import { type EmbedPeopleOptions, parseEmbedPeople } from './config.js';
import { type ReadFacesPorts, readEachFace } from './read-faces.js';
import type { TrainedPeople } from './train-people.js';

export interface EmbedPeoplePorts extends ReadFacesPorts {
  readonly detector: FaceDetector;
  readonly embedding: HashedEmbedding;
  /** Writes the pictures that the people file keeps. */
  readonly encode: EncodePicture;
}

/** Learns from `store` as `readEachFace` reads it. Throws PeopleError when somebody has no usable picture, or no threshold can be found. */
export async function trainEmbeddedPeople(
  store: BlobStore,
  options: EmbedPeopleOptions,
  { embedding, encode, ...ports }: EmbedPeoplePorts,
): Promise<TrainedPeople<EmbeddedGallery>> {
  const choice = parseEmbedPeople(options);
  const { byName, whole, leftOut } = await readEachFace(
    store,
    (picture, face) => embedPicture(embedding, picture, face, encode),
    ports,
  );
  const people = EmbeddedGallery.train(embeddingFacts(embedding), byName, choice);
  const counts = new Map(people.names.map((name) => [name, people.pictureCount(name)]));
  return { people, counts, whole, leftOut };
}
