// Reads the faces of a folder per person: every picture is decoded, its face detected and cropped.
import type { FaceDetector } from '../../core/detect/face.js';
import { alignedFace, type CropSize } from '../../core/detect/face-crop.js';
import { MediaError, PeopleError } from '../../core/errors.js';
import { findFace } from '../../core/identity/find-face.js';
import type { FaceSample } from '../../core/identity/people.js';
import { personName } from '../../core/identity/person-name.js';
import { toGrey } from '../../core/image/grey.js';
import { isPictureName } from '../../core/image/is-picture-name.js';
import type { Picture } from '../../core/image/picture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { DecodePicture } from '../../core/ports/decode-picture.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';

export interface ReadFacesPorts {
  readonly decode: DecodePicture;
  /** Needed for alignment only. */
  readonly detector?: FaceDetector;
  readonly progress?: Progress;
}

/** A face with its file. */
export interface ReadFace extends FaceSample {
  readonly file: string;
}

/** The faces of all people, and the pictures that were left out. */
export interface FacesByName {
  readonly byName: ReadonlyMap<string, readonly ReadFace[]>;
  /** Pictures without a detected face that were used whole because they look like crops. */
  readonly whole: number;
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Reads `store`, in which `NAME/…/picture.png` is a picture of NAME. Faces are cropped to the size `cutTo`, upright
 * by the eyes; a picture without a face, with several similar faces or that cannot be read is left out and reported. `cutTo`
 * null uses every picture whole, and all must have one size. Throws PeopleError when a person has no usable picture.
 */
export async function readFaces(
  store: BlobStore,
  cutTo: CropSize | null,
  { decode, detector, progress = silentProgress }: ReadFacesPorts,
): Promise<FacesByName> {
  if (cutTo && !detector) throw new TypeError('readFaces: alignment needs a detector');
  const files = (await store.list()).filter((name) => isPictureName(name) && name.includes('/'));
  if (files.length === 0) {
    throw new PeopleError(
      'the folder must hold a folder per person with pictures in it and has none; `moodlens collect NAME` makes one',
    );
  }
  requireOneFolderEach(files);
  const byName = new Map<string, ReadFace[]>();
  const leftOut: { file: string; reason: string }[] = [];
  const sizes = new Map<string, string>();
  let whole = 0;
  for (const [i, file] of files.entries()) {
    const samples = samplesOf(byName, file);
    const sample = await readSample(file);
    if (typeof sample === 'string') leftOut.push({ file, reason: sample });
    else samples.push({ ...sample, file });
    progress.update(i + 1, files.length, 'pictures');
  }
  progress.finish();
  if (!cutTo) mustHaveOneSize(sizes);
  for (const [name, samples] of byName) if (samples.length === 0) throw nothingUsable(name, leftOut);
  return { byName, whole, leftOut };

  async function readSample(file: string): Promise<FaceSample | string> {
    const picture = await readPicture(store, file, decode);
    if (typeof picture === 'string') return picture;
    if (!cutTo) {
      sizes.set(file, `${picture.width}x${picture.height}`);
      return { picture: toGrey(picture), face: null };
    }
    const face = await findFace(picture, detector!);
    if (face === 'none') return 'no face is found in it';
    if (face === 'several') return 'it shows several faces of like size; crop it to the one person';
    if (face === 'whole') {
      whole++;
      return { picture: toGrey(picture), face: null };
    }
    // Cropped at once: hundreds of whole photographs would not fit into memory.
    return { picture: alignedFace(picture, face, cutTo), face: null };
  }
}

/** Throws PeopleError when two folders have one name but for invisible characters: two people must not become one. */
function requireOneFolderEach(files: readonly string[]): void {
  const folders = new Map<string, string>();
  for (const folder of new Set(files.map((file) => file.slice(0, file.indexOf('/'))))) {
    const name = personName(folder);
    const written = folder
      .normalize('NFC')
      .replace(/\p{Zs}+/gu, ' ')
      .trim();
    const other = folders.get(name) ?? written;
    if (other !== written) {
      throw new PeopleError(
        `two people must not have one name, and the folders ${JSON.stringify(other)} and ${JSON.stringify(written)} are both ${name} but for characters that cannot be seen; rename one of them`,
      );
    }
    folders.set(name, written);
  }
}

function samplesOf(byName: Map<string, ReadFace[]>, file: string): ReadFace[] {
  const name = personName(file.slice(0, file.indexOf('/')));
  const samples = byName.get(name) ?? [];
  byName.set(name, samples);
  return samples;
}

/** The picture, or the reason why it cannot be read. */
async function readPicture(store: BlobStore, file: string, decode: DecodePicture): Promise<Picture | string> {
  try {
    return await decode((await store.read(file)) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof MediaError) return error.message;
    throw error;
  }
}

/** Names the first picture whose size is not the most common one. */
function mustHaveOneSize(sizes: ReadonlyMap<string, string>): void {
  const counts = new Map<string, number>();
  for (const size of sizes.values()) counts.set(size, (counts.get(size) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a).map(([size]) => size);
  for (const [file, size] of sizes) {
    if (size !== usual) {
      throw new PeopleError(
        `without alignment all pictures must have one size, here ${usual}; ${file} is ${size}; resize it, or leave --no-align out`,
      );
    }
  }
}

function nothingUsable(name: string, leftOut: FacesByName['leftOut']): PeopleError {
  const reasons = leftOut.filter(({ file }) => personName(file.slice(0, file.indexOf('/'))) === name).slice(0, 3);
  const lines = reasons.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
  return new PeopleError(`every person needs at least one usable picture, and ${name} has none:${lines}`);
}
