// Reviews the pictures of a gallery: which of them are doubtful.
import { defaultFaceSize, People } from '../../core/identity/people.js';
import { type PictureStanding, pictureStandings } from '../../core/identity/picture-standings.js';
import { toGrey } from '../../core/image/grey.js';
import type { GreyPicture } from '../../core/image/picture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { type FacesByName, type ReadFacesPorts, readFaces } from './read-faces.js';

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
  /** The face of each picture, as the recogniser gets it. */
  readonly faces: readonly GreyPicture[];
}

/** Reviews a folder per person. Throws PeopleError as readFaces does. */
export async function reviewPeople(store: BlobStore, ports: ReadFacesPorts): Promise<PeopleReview> {
  const { byName, whole, leftOut } = await readFaces(store, defaultFaceSize, ports);
  // Without a threshold: estimating one would take time.
  const people = People.train(byName, { threshold: 'none' });
  const { labelNames } = people.recogniser;
  const standings = pictureStandings(people.recogniser);
  const samples = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, own]) => own);
  const finite = (distance: number) => (Number.isFinite(distance) ? distance : null);
  const pictures = samples.map(({ file }, i): ReviewedPicture => {
    const { label, own, other, otherLabel, doubt = null } = standings[i]!;
    const nearest = otherLabel === undefined ? null : { person: labelNames.get(otherLabel)!, distance: other };
    return { number: i + 1, file, person: labelNames.get(label)!, own: finite(own), nearest, doubt };
  });
  return { pictures, faces: samples.map(({ picture }) => toGrey(picture)), whole, leftOut };
}
