// Packed face pictures in numbers, and as text for a terminal.
import { type FacesDescription, pixelBytes } from '../../../core/dataset/face-pictures.js';
import { countText } from './detector-tables.js';

export interface FacePicturesSummary {
  readonly pictures: number;
  readonly faces: number;
  /** Faces with key points. */
  readonly withPoints: number;
  /** Places that may be faces: they count neither as faces nor as background. */
  readonly unsure: number;
  readonly bytes: number;
  readonly hash: string;
}

export function summariseFacePictures({ pictures, hash }: FacesDescription): FacePicturesSummary {
  const count = (of: (picture: FacesDescription['pictures'][number]) => number): number =>
    pictures.reduce((sum, picture) => sum + of(picture), 0);
  return {
    pictures: pictures.length,
    faces: count(({ faces }) => faces.length),
    withPoints: count(({ faces }) => faces.filter(({ points }) => points !== null).length),
    unsure: count(({ unsure }) => unsure.length),
    bytes: count(pixelBytes),
    hash,
  };
}

/** Two lines, with their ends. `place`: the folder of the packed pictures. */
export function describeFacePictures(place: string, summary: FacePicturesSummary): string {
  const { pictures, faces, withPoints, unsure, bytes, hash } = summary;
  return (
    `${place}: ${countText(pictures, 'picture')} with ${countText(faces, 'face')}, ${withPoints} of them with key points; ` +
    `${countText(unsure, 'place')} that may be faces; ${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB\n  hash     ${hash}\n`
  );
}
