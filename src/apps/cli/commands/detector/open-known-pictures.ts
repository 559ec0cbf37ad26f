// Pictures with known faces, for measuring a detector: packed ones, a folder with boxes.json, or pictures without any face.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { FacePixels } from '../../../../adapters/node/training/face-pixels.js';
import { facesFiles, readFacesDescription } from '../../../../core/dataset/face-pictures.js';
import { ConfigError, DatasetError } from '../../../../core/errors.js';
import { heldBackPictures, type KnownPicture } from '../../../../pipeline/detector/evaluate-detector.js';
import { readTextFile } from '../../arguments/text-file.js';

const boxesFile = 'boxes.json';
const boxesSchema = z.object({
  images: z.array(
    z.object({
      file: z.string().regex(/^[^/\\]+$/, 'must be a file of the folder itself'),
      boxes: z.array(z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()])),
    }),
  ),
});

export interface KnownPictures {
  readonly pictures: readonly KnownPicture[];
  /** What they are, for people. */
  readonly what: string;
  release(): void;
}

export interface KnownPicturesOptions {
  /** Of packed pictures: the share that a run held back; 0 for all. */
  readonly share: number;
  /** The folder's pictures hold no face at all. */
  readonly isWithoutFaces: boolean;
}

/** Throws ConfigError for a folder of another kind, DatasetError for damaged annotations. */
export async function openKnownPictures(
  folder: string,
  { share, isWithoutFaces }: KnownPicturesOptions,
): Promise<KnownPictures> {
  const directory = resolve(folder);
  const names = await readdir(directory).catch(() => [] as string[]);
  if (names.includes(facesFiles.description)) return openPacked(directory, share);
  const fromFile = (file: string, boxes: KnownPicture['faces'][number]['box'][]): KnownPicture => ({
    file,
    faces: boxes.map((box) => ({ box, points: null })),
    unsure: [],
    read: () => decodePicture(join(directory, file)),
  });
  const release = (): void => undefined;
  if (names.includes(boxesFile)) {
    const images = parseBoxes(await readTextFile(join(directory, boxesFile)));
    return {
      pictures: images.map(({ file, boxes }) => fromFile(file, boxes)),
      what: 'pictures of the folder',
      release,
    };
  }
  const files = names.filter((name) => /\.(jpe?g|png|webp|ppm|pgm|tiff?|avif|gif)$/i.test(name)).sort();
  if (!isWithoutFaces || files.length === 0) {
    throw new ConfigError(
      `${folder} must hold ${facesFiles.description} (made by 'moodlens detector import') or ${boxesFile}, or pictures without a face with --without-faces`,
    );
  }
  return { pictures: files.map((file) => fromFile(file, [])), what: 'pictures without a face', release };
}

async function openPacked(directory: string, share: number): Promise<KnownPictures> {
  const { pictures } = await readFacesDescription(createFolderStore(directory));
  const pixels = new FacePixels(join(directory, facesFiles.pictures), pictures);
  const chosen = heldBackPictures(pictures, share);
  return {
    pictures: Array.from(chosen, (index) => ({ ...pictures[index]!, read: async () => pixels.read(index) })),
    what: share > 0 ? 'pictures that were held back' : 'packed pictures',
    release: () => pixels.release(),
  };
}

function parseBoxes(text: string): z.infer<typeof boxesSchema>['images'] {
  try {
    return boxesSchema.parse(JSON.parse(text)).images;
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const found = issue === undefined ? 'it is no JSON' : `${issue.path.join('.')}: ${issue.message}`;
    throw new DatasetError(`${boxesFile} must list images with their file and boxes [x, y, width, height]: ${found}`, {
      cause,
    });
  }
}
