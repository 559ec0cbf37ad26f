// Reviews the pictures of a gallery: which of them are doubtful.
import { alignedFace } from '../../core/detect/face-crop.js';
import { embedPicture, type HashedEmbedding } from '../../core/identity/embedded-people.js';
import { unitDistance } from '../../core/identity/embedding/unit-distance.js';
import { byCode } from '../../core/identity/join-by-name.js';
import { defaultFaceSize, People } from '../../core/identity/people.js';
import {
  type ComparedPictures,
  type PictureStanding,
  pictureStandings,
} from '../../core/identity/picture-standings.js';
import { toGrey } from '../../core/image/grey.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { type FacesByName, type ReadFacesPorts, readEachFace, readFaces } from './read-faces.js';

/** A picture of the review; `number` is its place in the folder, from 1. */
export interface ReviewedPicture {
  readonly number: number;
  readonly file: string;
  readonly person: string;
  /** Distance to the nearest other picture of the person; null without one. */
  readonly own: number | null;
  /** The nearest picture of somebody else; null without one. */
  readonly nearest: { readonly person: string; readonly distance: number } | null;
  readonly doubt: PictureStanding['doubt'] | null;
}

export interface PeopleReview extends Pick<FacesByName, 'leftOut' | 'whole'> {
  readonly pictures: readonly ReviewedPicture[];
  /** The face of each picture, cropped upright. */
  readonly faces: readonly GreyPicture[];
}

/** Reviews a folder per person, comparing the pictures by LBPH, or by an embedding where there is one. Throws PeopleError as readFaces does. */
export async function reviewPeople(
  store: BlobStore,
  { embedding, ...ports }: ReadFacesPorts & { readonly embedding?: HashedEmbedding | undefined },
): Promise<PeopleReview> {
  return embedding ? reviewEmbedded(store, embedding, ports) : reviewLbph(store, ports);
}

async function reviewLbph(store: BlobStore, ports: ReadFacesPorts): Promise<PeopleReview> {
  const faces = await readFaces(store, defaultFaceSize, ports);
  // Without a threshold: estimating one would take time.
  return describePictures(faces, People.train(faces.byName, { threshold: 'none' }).recogniser);
}

async function reviewEmbedded(
  store: BlobStore,
  embedding: HashedEmbedding,
  ports: ReadFacesPorts,
): Promise<PeopleReview> {
  const faces = await readEachFace(
    store,
    async (picture, face) => ({
      ...(await embedPicture(embedding, picture, face)),
      picture: face ? alignedFace(picture, face, defaultFaceSize) : picture,
    }),
    ports,
  );
  const all = sorted(faces).flatMap(([, own], label) => own.map((one) => ({ label, vector: one.embedding })));
  return describePictures(faces, {
    labels: all.map(({ label }) => label),
    distancesBetween: (i) => Float64Array.from(all, ({ vector }) => unitDistance(vector, all[i]!.vector)),
  });
}

/** `compared`: all pictures in the order of `sorted`, each labelled with its person's place there. */
function describePictures(faces: FacesByName<{ readonly picture: Picture }>, compared: ComparedPictures): PeopleReview {
  const people = sorted(faces);
  const names = people.map(([name]) => name);
  const standings = pictureStandings(compared);
  const samples = people.flatMap(([, own]) => own);
  const finite = (distance: number) => (Number.isFinite(distance) ? distance : null);
  const pictures = samples.map(({ file }, i): ReviewedPicture => {
    const { label, own, other, otherLabel, doubt = null } = standings[i]!;
    const nearest = otherLabel === undefined ? null : { person: names[otherLabel]!, distance: other };
    return { number: i + 1, file, person: names[label]!, own: finite(own), nearest, doubt };
  });
  const { whole, leftOut } = faces;
  return { pictures, faces: samples.map(({ picture }) => toGrey(picture)), whole, leftOut };
}

/** By name, as the recogniser numbers people. */
function sorted<T>({ byName }: Pick<FacesByName<T>, 'byName'>) {
  return [...byName].sort(([a], [b]) => byCode(a, b));
}
