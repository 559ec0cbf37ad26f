// Pictures with annotated faces, to train a detector on: what is known of each, and their packed form. The description is
// `faces.json`; the pixels of all pictures stand end to end in `pictures.bin`.
import { z } from 'zod';
import { Sha256 } from '../bytes/sha256.js';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.js';
import type { FacePoints } from '../detect/places/places.js';
import { DatasetError } from '../errors.js';
import type { Box, Picture } from '../image/picture.js';
import type { BlobStore } from '../ports/blob-store.js';

export interface AnnotatedFace {
  readonly box: Box;
  /** Null where nobody marked them. */
  readonly points: FacePoints | null;
}

/** What may be a face: nobody annotated it, or somebody as difficult. Boxes there are neither right nor wrong. */
export interface UnsureFace extends AnnotatedFace {
  /** How sure the detector was that proposed it, 0..1; 0 for a difficult one. */
  readonly score: number;
}

export interface FacePicture {
  /** With the set's folder; pictures are held back by it. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly faces: readonly AnnotatedFace[];
  readonly unsure: readonly UnsureFace[];
}

const number = z.number();
const box = z.tuple([number, number, number.positive(), number.positive()]);
const points = z.array(number).length(8).nullable();

const descriptionSchema = z.object({
  format: z.literal('moodlens-faces'),
  version: z.literal(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  pictures: z
    .array(
      z.object({
        file: z.string().min(1),
        width: z.int().min(1).max(4096),
        height: z.int().min(1).max(4096),
        channels: z.union([z.literal(1), z.literal(3)]),
        faces: z.array(z.object({ box, points })),
        unsure: z.array(z.object({ box, points, score: number })),
      }),
    )
    .min(1),
});

/** Files of the packed form. */
export const facesFiles = { description: 'faces.json', pictures: 'pictures.bin' } as const;

export interface FacesDescription {
  /** SHA-256 of the annotations and of the pictures' files. */
  readonly hash: string;
  readonly pictures: readonly FacePicture[];
}

/** Reads `faces.json`. Throws DatasetError when it is missing or not one that moodlens wrote. */
export async function readFacesDescription(store: BlobStore): Promise<FacesDescription> {
  const bytes = await store.read(facesFiles.description);
  if (bytes === undefined) {
    throw new DatasetError(
      `a folder of faces must hold ${facesFiles.description} and this one does not; make it with 'moodlens detector import'`,
    );
  }
  try {
    const { hash, pictures } = descriptionSchema.parse(JSON.parse(decodeUtf8(bytes)));
    return { hash, pictures };
  } catch (cause) {
    throw new DatasetError(`${facesFiles.description} is damaged; import the faces again`, { cause });
  }
}

/** Takes pictures one after the other and writes the packed form: pixels at once, the description at the end. */
export class FacesWriter {
  readonly #store: BlobStore;
  readonly #pictures: FacePicture[] = [];
  readonly #hash = new Sha256();

  constructor(store: BlobStore) {
    this.#store = store;
  }

  get isEmpty(): boolean {
    return this.#pictures.length === 0;
  }

  /** `file`: the picture's own bytes, for the hash. */
  async add(described: Omit<FacePicture, 'channels'>, { channels, data }: Picture, file: Uint8Array): Promise<void> {
    if (channels === 4) throw new TypeError('FacesWriter: a picture must have 1 or 3 channels');
    const picture: FacePicture = { ...described, channels };
    this.#hash.update(encodeUtf8(JSON.stringify(picture))).update(file);
    this.#pictures.push(picture);
    await this.#store.append(facesFiles.pictures, data as Uint8Array);
  }

  /** Throws DatasetError when there was no picture. */
  async finish(): Promise<FacesDescription> {
    if (this.#pictures.length === 0) throw new DatasetError('there must be at least one picture, and there is none');
    const description = { hash: this.#hash.hex(), pictures: this.#pictures };
    const json = { format: 'moodlens-faces', version: 1, ...description };
    await this.#store.write(facesFiles.description, JSON.stringify(json));
    return description;
  }
}

/** Bytes of a picture's pixels. */
export function pixelBytes({ width, height, channels }: Pick<FacePicture, 'width' | 'height' | 'channels'>): number {
  return width * height * channels;
}

/**
 * Numbers of the pictures that train and of those that are held back, about `share` of them. Which they are depends on
 * their file names alone, so that another set beside them changes nothing.
 */
export function holdBack(
  pictures: readonly Pick<FacePicture, 'file'>[],
  share: number,
): { readonly training: Int32Array; readonly validation: Int32Array } {
  const isHeldBack = pictures.map(({ file }) => {
    const hash = new Sha256().update(encodeUtf8(file)).hex();
    return Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32 < share;
  });
  const all = Int32Array.from(pictures.keys());
  return {
    training: all.filter((i) => !isHeldBack[i]),
    validation: all.filter((i) => isHeldBack[i]),
  };
}
