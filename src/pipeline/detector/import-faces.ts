// Imports pictures with annotated faces, for training detectors. Every picture is checked; those with a fault end the import
// or are left out: a face whose box is missing would be trained as background.
import { type AnnotatedPicture, placeIn } from '../../core/dataset/annotations/annotated-picture.js';
import { chooseFaceClasses, type FaceClasses } from '../../core/dataset/annotations/face-classes.js';
import { Faults } from '../../core/dataset/annotations/faults.js';
import { placeObject } from '../../core/dataset/annotations/place-object.js';
import {
  type AnnotatedFace,
  type FacePicture,
  type FacesDescription,
  FacesWriter,
  type UnsureFace,
} from '../../core/dataset/face-pictures.js';
import { ConfigError, DatasetError, MediaError, StorageError } from '../../core/errors.js';
import { toGrey } from '../../core/image/grey.js';
import type { Picture } from '../../core/image/picture.js';
import { resize } from '../../core/image/resize.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { DecodePicture } from '../../core/ports/decode-picture.js';
import type { Progress } from '../../core/ports/progress.js';
import { type AnnotatedSet, readAnnotatedSets } from './annotated-sets.js';

/** Pictures are scaled down to this longest side: training needs no larger ones, pixels. */
export const longestSide = 400;

export interface ImportFacesRequest {
  /** The folder with the sets, and its name for messages. */
  readonly source: BlobStore;
  readonly name: string;
  /** Where the packed form is written. */
  readonly store: BlobStore;
  readonly decode: DecodePicture;
  readonly progress: Progress;
  /** Names or numbers of the classes that are faces; without, the only class, or the one named "face". */
  readonly classes?: readonly string[] | undefined;
  /** Leave pictures with faults out instead of failing. */
  readonly skipBad?: boolean | undefined;
}

export interface ImportedFaces {
  readonly description: FacesDescription;
  /** Of what was left out. */
  readonly faults: Faults;
}

/**
 * Reads every picture of every set, also behind a fault. Throws DatasetError that counts all faults and names the first, unless they are
 * skipped; for a folder without pictures; and for classes of which it is not clear which are faces.
 */
export async function importFaces(request: ImportFacesRequest): Promise<ImportedFaces> {
  const { name, store, progress, classes, skipBad = false } = request;
  const faults = new Faults();
  const writer = new FacesWriter(store);
  for await (const set of readAnnotatedSets({ ...request, faults })) {
    const faceClasses = choose(set, classes);
    let [pictures, faces] = [0, 0];
    for (const [done, annotated] of set.pictures.entries()) {
      const found = await readPicture(annotated, set, faceClasses, request.decode, faults);
      if (found !== undefined && (faults.total === 0 || skipBad)) {
        await writer.add(found.described, found.picture, found.bytes);
        pictures++;
        faces += found.described.faces.length;
      }
      progress.update(done + 1, set.pictures.length, `${set.name}: ${annotated.file}`);
    }
    for (const other of faceClasses.others) progress.note(`${set.name}: no faces, left out: class ${other}`);
    if (faults.total === 0 || skipBad) progress.note(`${set.name}: ${pictures} pictures, ${faces} faces`);
  }
  if (faults.total > 0 && !skipBad) throw new DatasetError(describeFaults(name, faults));
  if (writer.isEmpty && faults.total > 0) {
    throw new DatasetError(`${name} must have pictures without faults and has none; the first: ${faults.named[0]}`);
  }
  return { description: await writer.finish(), faults };
}

function choose({ name, pictures, classNames }: AnnotatedSet, classes: readonly string[] | undefined): FaceClasses {
  if (classNames !== null) return chooseFaceClasses(pictures, classNames, classes);
  if (classes === undefined) return { has: () => true, others: [] };
  throw new ConfigError(
    `--class is for YOLO's labels and Pascal VOC's annotations, and ${name} has no classes; leave it out`,
  );
}

function describeFaults(name: string, faults: Faults): string {
  const more = faults.total - faults.named.length;
  const lines = [...faults.named, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `\n  ${line}`).join('');
  return (
    `${name} must hold good annotations and pictures only and has ${faults.total} ${faults.total === 1 ? 'fault' : 'faults'}:${lines}\n` +
    `In all: ${faults.summarise()}\nMend them, or leave these pictures out with --skip-bad`
  );
}

interface ReadPicture {
  readonly described: Omit<FacePicture, 'channels'>;
  readonly picture: Picture;
  /** Of the file. */
  readonly bytes: Uint8Array;
}

/** Undefined, and its faults in `faults`, for a picture that has any. */
async function readPicture(
  annotated: AnnotatedPicture,
  set: AnnotatedSet,
  classes: FaceClasses,
  decode: DecodePicture,
  faults: Faults,
): Promise<ReadPicture | undefined> {
  const { file, source, line, size, isRelative, isBroken } = annotated;
  const place = placeIn(source, line);
  let bytes: Uint8Array | undefined;
  let picture: Picture;
  try {
    bytes = await set.read(file);
    if (bytes === undefined) {
      faults.add('missingPicture', place, `there is no picture ${file} in the folder`);
      return undefined;
    }
    picture = await decode(bytes);
  } catch (error) {
    if (!(error instanceof MediaError || error instanceof StorageError)) throw error;
    faults.add('picture', line === null ? file : `${place}, ${file}`, error.message);
    return undefined;
  }
  const { width, height } = picture;
  if (size !== null && (size.width !== width || size.height !== height)) {
    faults.add('size', place, `${file} is ${width}x${height} and not ${size.width}x${size.height}`);
    return undefined;
  }
  const before = faults.total;
  const faces: AnnotatedFace[] = [];
  const unsure: UnsureFace[] = [];
  for (const object of annotated.objects.filter(({ className }) => classes.has(className))) {
    const placed = placeObject(object, isRelative, picture);
    if (typeof placed === 'string') faults.add('box', placeIn(source, object.line), placed);
    else if (object.unsure === null) faces.push(placed);
    else unsure.push({ ...placed, score: object.unsure });
  }
  if (isBroken || faults.total > before) return undefined;
  return { ...scaleDown(picture, { file, faces, unsure }), bytes };
}

function scaleDown(
  picture: Picture,
  { file, faces, unsure }: Pick<FacePicture, 'file' | 'faces' | 'unsure'>,
): Omit<ReadPicture, 'bytes'> {
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const scaled = <F extends AnnotatedFace>(face: F): F => {
    const [x, y, width, height] = face.box;
    const points = face.points?.map((at) => at * scale) ?? null;
    return { ...face, box: [x * scale, y * scale, width * scale, height * scale], points };
  };
  // A strip keeps a pixel of its width.
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  return {
    described: { file, width, height, faces: faces.map(scaled), unsure: unsure.map(scaled) },
    picture: withoutEqualChannels(scale === 1 ? picture : resize(picture, width, height)),
  };
}

/** A grey picture stored in colour needs a third of the space with one channel. */
function withoutEqualChannels(picture: Picture): Picture {
  const { data, channels } = picture;
  for (let i = 0; channels === 3 && i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return picture;
  }
  return toGrey(picture);
}
