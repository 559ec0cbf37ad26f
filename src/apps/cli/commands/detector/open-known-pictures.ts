// Pictures with known faces, for measuring a detector: packed ones, a folder with boxes.json, or pictures without any face.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { FacePixels } from '../../../../adapters/node/training/face-pixels.js';
import { facesFiles, holdBack, readFacesDescription } from '../../../../core/dataset/face-pictures.js';
import type { DetectorMetadata } from '../../../../core/detect/places/detector-metadata.js';
import { ConfigError, DatasetError } from '../../../../core/errors.js';
import { isPictureName } from '../../../../core/image/is-picture-name.js';
import type { Box } from '../../../../core/image/picture.js';
import type { KnownPicture } from '../../../../pipeline/detector/detect-pictures.js';
import { heldBackPictures } from '../../../../pipeline/detector/evaluate-detector.js';
import { boxesFile, readBoxes } from '../../../../pipeline/detector/read-boxes.js';
import { readTextFile } from '../../arguments/text-file.js';

export interface KnownPictures {
  readonly pictures: readonly KnownPicture[];
  /** Which they are, in words: "of the folder". */
  readonly which: string;
  /** Hash of packed pictures; null for others. */
  readonly dataset: string | null;
  /** A line for each entry that was left out. */
  readonly leftOut: readonly string[];
  /** How many of them a model was trained on; null when that cannot be told. */
  countSeen(model: DetectorMetadata | undefined): number | null;
  release(): void;
}

export interface KnownPicturesOptions {
  /** Of packed pictures: the share that a run held back; 0 for all. */
  readonly share: number;
  /** The folder's pictures hold no face at all. */
  readonly isWithoutFaces: boolean;
  /** Leaves out entries of boxes.json that cannot be used. */
  readonly skipBad: boolean;
}

/** More lines tell nobody anything. */
const mostNamed = 20;

/** Throws ConfigError for a folder of another kind, DatasetError for damaged annotations. */
export async function openKnownPictures(folder: string, options: KnownPicturesOptions): Promise<KnownPictures> {
  const directory = resolve(folder);
  const names = await readdir(directory).catch(() => [] as string[]);
  if (names.includes(facesFiles.description)) {
    if (options.isWithoutFaces) {
      throw new ConfigError(`--without-faces is for pictures alone, and ${folder} holds packed ones; leave it out`);
    }
    return openPacked(directory, options);
  }
  const fromFile = (file: string, boxes: readonly Box[]): KnownPicture => ({
    file,
    faces: boxes.map((box) => ({ box, points: null })),
    unsure: [],
    read: () => decodePicture(join(directory, file)),
  });
  const others = { dataset: null, countSeen: () => null, release: (): void => undefined };
  if (names.includes(boxesFile)) {
    if (options.isWithoutFaces) {
      throw new ConfigError(`--without-faces is for pictures alone, and ${folder} holds ${boxesFile}; leave it out`);
    }
    const { pictures, bad } = readBoxes(await readTextFile(join(directory, boxesFile)), (file) => names.includes(file));
    if (bad.length > 0 && !options.skipBad) throw badEntries(bad);
    return {
      pictures: pictures.map(({ file, boxes }) => fromFile(file, boxes)),
      which: 'of the folder',
      leftOut: bad,
      ...others,
    };
  }
  const files = names.filter(isPictureName).sort();
  if (!options.isWithoutFaces || files.length === 0) {
    throw new ConfigError(
      `${folder} must hold ${facesFiles.description} (made by 'moodlens detector import') or ${boxesFile}, or pictures without a face with --without-faces`,
    );
  }
  return { pictures: files.map((file) => fromFile(file, [])), which: 'without a face', leftOut: [], ...others };
}

function badEntries(bad: readonly string[]): DatasetError {
  const named = bad.slice(0, mostNamed).join('; ');
  const more = bad.length > mostNamed ? `; and ${bad.length - mostNamed} more` : '';
  return new DatasetError(
    `${boxesFile} must list pictures of the folder, each once, with boxes [x, y, width, height] of finite numbers and an area, and ${bad.length} of its entries cannot be used: ${named}${more}; correct them, or leave these pictures out with --skip-bad`,
  );
}

async function openPacked(directory: string, { share }: KnownPicturesOptions): Promise<KnownPictures> {
  const { pictures, hash } = await readFacesDescription(createFolderStore(directory));
  const chosen = heldBackPictures(pictures, share);
  const pixels = new FacePixels(join(directory, facesFiles.pictures), pictures);
  return {
    pictures: Array.from(chosen, (index) => ({ ...pictures[index]!, read: async () => pixels.read(index) })),
    which: share > 0 ? 'that were held back' : 'of the packed set',
    dataset: hash,
    leftOut: [],
    countSeen: (model) => {
      if (model?.dataset !== hash || model.validationShare === undefined) return null;
      const held = new Set(holdBack(pictures, model.validationShare).validation);
      return chosen.filter((index) => !held.has(index)).length;
    },
    release: () => pixels.release(),
  };
}
