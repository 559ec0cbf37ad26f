// Reads the faces of a folder per person: every picture is decoded, its face detected and cropped.
import type { Face, FaceDetector } from '../../core/detect/face.js';
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

/** What is kept of a face; null takes the whole picture for one. At once, because hundreds of whole photographs would not fit into memory. */
export type TakeFace<T> = (picture: Picture, face: Face | null) => T | Promise<T>;

/** The faces of all people, each with its file, and the pictures that were left out. */
export interface FacesByName<T = FaceSample> {
  readonly byName: ReadonlyMap<string, readonly (T & { readonly file: string })[]>;
  /** Pictures without a detected face that were used whole because they look like crops. */
  readonly whole: number;
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Reads `store`, in which `NAME/…/picture.png` is a picture of NAME, for LBPH: faces are cropped to the size `cutTo`, upright by the eyes. `cutTo`
 * null uses every picture whole, and all must have one size. Throws PeopleError as `readEachFace`.
 */
export async function readFaces(
  store: BlobStore,
  cutTo: CropSize | null,
  { detector, ...ports }: ReadFacesPorts,
): Promise<FacesByName> {
  if (cutTo && !detector) throw new TypeError('readFaces: alignment needs a detector');
  const cut: TakeFace<FaceSample> = (picture, face) => ({
    picture: face && cutTo ? alignedFace(picture, face, cutTo) : toGrey(picture),
    face: null,
  });
  const faces = await readEachFace(store, cut, { ...ports, ...(cutTo ? { detector } : {}) });
  if (!cutTo) mustHaveOneSize([...faces.byName.values()].flat());
  return faces;
}

/**
 * Takes the face of every picture of `store`, in which `NAME/…/picture.png` is a picture of NAME; without a detector pictures are taken whole. A
 * picture without a face, with several similar faces or that cannot be read is left out and reported. Throws PeopleError when a person has no
 * usable picture.
 */
export async function readEachFace<T>(
  store: BlobStore,
  take: TakeFace<T>,
  { decode, detector, progress = silentProgress }: ReadFacesPorts,
): Promise<FacesByName<T>> {
  const files = (await store.list()).filter((name) => isPictureName(name) && name.includes('/'));
  if (files.length === 0) {
    throw new PeopleError(
      'the folder must hold a folder per person with pictures in it and has none; `moodlens collect NAME` makes one',
    );
  }
  requireOneFolderEach(files);
  const byName = new Map<string, (T & { readonly file: string })[]>();
  const leftOut: { file: string; reason: string }[] = [];
  let whole = 0;
  for (const [i, file] of files.entries()) {
    const name = personName(file.slice(0, file.indexOf('/')));
    const samples = byName.get(name) ?? [];
    byName.set(name, samples);
    const picture = await readPicture(store, file, decode);
    const face = typeof picture === 'string' || !detector ? 'all' : await findFace(picture, detector);
    if (typeof picture === 'string') leftOut.push({ file, reason: picture });
    else if (face === 'none') leftOut.push({ file, reason: 'no face is found in it' });
    else if (face === 'several') {
      leftOut.push({ file, reason: 'it shows several faces of like size; crop it to the one person' });
    } else {
      if (face === 'whole') whole++;
      samples.push({ ...(await take(picture, typeof face === 'string' ? null : face)), file });
    }
    progress.update(i + 1, files.length, 'pictures');
  }
  progress.finish();
  for (const [name, samples] of byName) if (samples.length === 0) throw nothingUsable(name, leftOut);
  return { byName, whole, leftOut };
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
function mustHaveOneSize(samples: readonly (FaceSample & { readonly file: string })[]): void {
  const sizeOf = ({ picture }: FaceSample) => `${picture.width}x${picture.height}`;
  const counts = new Map<string, number>();
  for (const sample of samples) counts.set(sizeOf(sample), (counts.get(sizeOf(sample)) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a).map(([size]) => size);
  const odd = samples.find((sample) => sizeOf(sample) !== usual);
  if (odd === undefined) return;
  throw new PeopleError(
    `without alignment all pictures must have one size, here ${usual}; ${odd.file} is ${sizeOf(odd)}; resize it, or leave --no-align out`,
  );
}

function nothingUsable(name: string, leftOut: FacesByName['leftOut']): PeopleError {
  const reasons = leftOut.filter(({ file }) => personName(file.slice(0, file.indexOf('/'))) === name).slice(0, 3);
  const lines = reasons.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
  return new PeopleError(`every person needs at least one usable picture, and ${name} has none:${lines}`);
}
