// The files that are written for a photograph: itself with its faces drawn in, and each face by person.
import { faceSurroundings } from '../../core/detect/face-surroundings.js';
import { inColour } from '../../core/image/grey.js';
import type { Picture } from '../../core/image/picture.js';
import { annotate } from '../../core/live/annotate.js';
import { clamp } from '../../core/numbers/clamp.js';
import { median } from '../../core/numbers/median.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { personFolders, unknownFolder } from './file-names.js';
import { boxOf, type Photo } from './photo.js';

export interface PhotoPlaces {
  /** For `NAME.jpg`, with boxes, names and expressions drawn in. */
  readonly drawn?: BlobStore | undefined;
  /** For `PERSON/NAME-1.jpg`, the largest face of the photograph. */
  readonly crops?: BlobStore | undefined;
}

/** Margin of a crop around the face, a share of its box: enough to detect it again, with little of those beside it. */
const cropMargin = 0.35;
/** A label's height as a share of the faces' width, and of the picture's shorter side at least and at most. */
const labelOfFace = 0.16;
const smallestLabel = 1 / 60;
const largestLabel = 1 / 22;

/** Writes them; each file appears whole or not at all. */
export class PhotoFiles {
  readonly #places: PhotoPlaces;
  readonly #encode: (picture: Picture) => Promise<Uint8Array>;
  readonly #folders: ReadonlyMap<string, string>;

  /** `encode` makes a JPEG; `people` are all names of the people file. */
  constructor(places: PhotoPlaces, encode: (picture: Picture) => Promise<Uint8Array>, people: readonly string[]) {
    this.#places = places;
    this.#encode = encode;
    this.#folders = personFolders(people);
  }

  /** Draws into the picture itself. Throws StorageError. */
  async write(photo: Photo & { readonly name: string }, picture: Picture): Promise<void> {
    const { drawn, crops } = this.#places;
    if (crops) {
      for (const [i, face] of photo.faces.entries()) {
        const folder = face.person === null ? unknownFolder : this.#folders.get(face.person)!;
        const cut = face.box === null ? picture : faceSurroundings(picture, boxOf(face, photo), cropMargin);
        await crops.write(`${folder}/${photo.name}-${i + 1}.jpg`, await this.#encode(cut));
      }
    }
    if (drawn) await drawn.write(`${photo.name}.jpg`, await this.#encode(drawPhoto(picture, photo)));
  }
}

/**
 * The picture with the faces drawn in, numbered in their order where nobody is named; draws into a picture in colour itself. In a
 * crowd, whose faces are small beside the smallest label, no bars.
 */
function drawPhoto(picture: Picture, photo: Photo): Picture {
  const boxes = photo.faces.map((face) => boxOf(face, photo));
  const shorter = Math.min(picture.width, picture.height);
  const wanted = boxes.length === 0 ? 0 : labelOfFace * median(boxes.map(([, , width]) => width));
  const labelPx = clamp(wanted, smallestLabel * shorter, largestLabel * shorter);
  const faces = photo.faces.map((face, i) => ({
    ...face,
    box: boxes[i]!,
    track: i + 1,
    confirmed: face.expression,
  }));
  const drawn = inColour(picture);
  annotate(drawn, { faces, rejected: [] }, { labelPx, hasBars: wanted >= labelPx });
  return drawn;
}
