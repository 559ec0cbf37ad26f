// Finds the sets of annotated pictures in a folder, in whichever of three forms they are: `.jsonl` files, a line a picture; YOLO's
// labels beside pictures; Pascal VOC's XML files.
import { readTar } from '../../core/bytes/tar.js';
import { decodeUtf8 } from '../../core/bytes/utf8.js';
import { type AnnotatedPicture, type Annotations, placeIn } from '../../core/dataset/annotations/annotated-picture.js';
import { readListedClassNames, readYamlClassNames } from '../../core/dataset/annotations/class-names.js';
import { readFaceLines } from '../../core/dataset/annotations/face-lines.js';
import type { Faults } from '../../core/dataset/annotations/faults.js';
import { readVocAnnotation } from '../../core/dataset/annotations/voc-annotation.js';
import { readYoloLabels } from '../../core/dataset/annotations/yolo-labels.js';
import { DatasetError, StorageError } from '../../core/errors.js';
import { isPictureName } from '../../core/image/is-picture-name.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Progress } from '../../core/ports/progress.js';

export interface AnnotatedSet {
  /** As progress and notes name it. */
  readonly name: string;
  readonly pictures: readonly AnnotatedPicture[];
  /** Names of the classes that are numbers; null where the form has no classes. */
  readonly classNames: ReadonlyMap<string, string> | null;
  /** Gives a picture's bytes; undefined when there is no such file in the folder. */
  readonly read: (file: string) => Promise<Uint8Array | undefined>;
}

/** Folders of annotations, and those beside them with the pictures of the same names. */
const yoloFolders = ['labels', 'images'] as const;
const vocFolders = [
  ['Annotations', 'JPEGImages'],
  ['annotations', 'images'],
] as const;

/** Files with the names of YOLO's classes. */
const classLists = ['classes.txt', 'data.yaml', 'data.yml', 'dataset.yaml'];

/** The folder that is read, and where faults and progress go. */
export interface SetsFolder {
  readonly source: BlobStore;
  readonly faults: Faults;
  readonly progress: Progress;
}

/**
 * The sets one after the other; what is wrong with their annotations goes to `faults`. Throws DatasetError when the folder holds no
 * annotations, or more than one form of them.
 */
export async function* readAnnotatedSets(folder: SetsFolder): AsyncGenerator<AnnotatedSet> {
  const files = (await folder.source.list()).filter((file) => !isHidden(file));
  const lines = files.filter((file) => file.endsWith('.jsonl'));
  const labels = files.filter(
    (file) => file.endsWith('.txt') && findFolder(file, yoloFolders[0]) >= 0 && !classLists.includes(nameOf(file)),
  );
  const xml = files.filter((file) => file.toLowerCase().endsWith('.xml'));
  const forms = [
    ['.jsonl files', lines[0]],
    ["YOLO's labels", labels[0]],
    ["Pascal VOC's annotations", xml[0]],
  ].flatMap(([form, first]) => (first === undefined ? [] : [`${form} (${first})`]));
  if (forms.length > 1) {
    throw new DatasetError(
      `a folder of face pictures must hold one form of annotations and this one has ${forms.join(' and ')}; give each a folder of its own`,
    );
  }
  if (lines.length > 0) for (const set of lines) yield await readLineSet(folder, files, set);
  else if (labels.length > 0) yield await readYoloSet(folder, files, labels);
  else if (xml.length > 0) yield await readVocSet(folder, files, xml);
  else {
    throw new DatasetError(
      "a folder of face pictures must hold at least one .jsonl, or YOLO's labels/*.txt beside images/, or Pascal VOC's Annotations/*.xml beside JPEGImages/; found none of them",
    );
  }
}

async function readLineSet(folder: SetsFolder, files: readonly string[], set: string): Promise<AnnotatedSet> {
  const { source, faults } = folder;
  const { pictures, faults: found } = readFaceLines(set, (await readText(folder, set)) ?? '');
  for (const { line, kind, problem } of found) faults.add(kind, placeIn(set, line), problem);
  const name = set.slice(0, -'.jsonl'.length);
  const archived = new Map<string, Uint8Array>();
  for (const archive of files.filter((file) => file.startsWith(name) && file.endsWith('.tar'))) {
    try {
      for (const [file, bytes] of readTar((await source.read(archive))!)) archived.set(file, bytes);
    } catch (cause) {
      if (!(cause instanceof DatasetError)) throw cause;
      throw new DatasetError(`${archive}: ${cause.message}`, { cause });
    }
  }
  // A name that leads out of the folder is in neither.
  const there = new Set(files);
  return {
    name: set,
    pictures,
    classNames: null,
    read: async (file) => archived.get(file) ?? (there.has(file) ? source.read(file) : undefined),
  };
}

async function readYoloSet(
  folder: SetsFolder,
  files: readonly string[],
  labels: readonly string[],
): Promise<AnnotatedSet> {
  const [annotations, beside] = yoloFolders;
  const labelOf = (picture: string): string => `${withoutEnding(replaceFolder(picture, beside, annotations))}.txt`;
  const pictures = await describePictures(folder, {
    labels,
    pictures: files.filter((file) => isPictureName(file) && findFolder(file, beside) >= 0),
    labelOf,
    expectedLabel: labelOf,
    expectedPicture: (label) => withoutEnding(replaceFolder(label, annotations, beside)),
    read: readYoloLabels,
  });
  const classNames = await readClassNames(folder.source, files);
  return { name: "YOLO's labels", pictures, classNames, read: (file) => folder.source.read(file) };
}

/** From the list nearest to the folder's top, which is the whole set's. */
async function readClassNames(source: BlobStore, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const depthOf = (file: string): number => file.split('/').length;
  const [list] = files.filter((file) => classLists.includes(nameOf(file))).sort((a, b) => depthOf(a) - depthOf(b));
  const bytes = list === undefined ? undefined : await source.read(list);
  if (bytes === undefined) return new Map();
  const text = decodeText(bytes) ?? '';
  return list!.endsWith('.txt') ? readListedClassNames(text) : readYamlClassNames(text);
}

async function readVocSet(
  folder: SetsFolder,
  files: readonly string[],
  labels: readonly string[],
): Promise<AnnotatedSet> {
  // Without their endings: in the folder beside, or next to the annotations.
  const expectedPictures = (label: string): string[] => [
    ...vocFolders
      .filter(([annotations]) => findFolder(label, annotations) >= 0)
      .map(([annotations, beside]) => withoutEnding(replaceFolder(label, annotations, beside))),
    withoutEnding(label),
  ];
  const labelOfStem = new Map(labels.flatMap((label) => expectedPictures(label).map((stem) => [stem, label])));
  const folders = new Set([...labelOfStem.keys()].map(folderOf));
  const pictures = await describePictures(folder, {
    labels,
    pictures: files.filter((file) => isPictureName(file) && folders.has(folderOf(file))),
    labelOf: (picture) => labelOfStem.get(withoutEnding(picture)),
    expectedLabel: (picture) => `${withoutEnding(nameOf(picture))}.xml`,
    expectedPicture: (label) => expectedPictures(label)[0]!,
    read: readVocAnnotation,
  });
  return {
    name: "Pascal VOC's annotations",
    pictures,
    classNames: new Map(),
    read: (file) => folder.source.read(file),
  };
}

/** Annotations with a file for each picture. */
interface FilePairs {
  readonly labels: readonly string[];
  readonly pictures: readonly string[];
  readonly labelOf: (picture: string) => string | undefined;
  /** For messages: the file of annotations that a picture must have, and the picture, without its ending, that annotations must have. */
  readonly expectedLabel: (picture: string) => string;
  readonly expectedPicture: (label: string) => string;
  readonly read: (text: string) => Annotations;
}

async function describePictures(folder: SetsFolder, pairs: FilePairs): Promise<AnnotatedPicture[]> {
  const { faults, progress } = folder;
  const labels = new Set(pairs.labels);
  const unused = new Set(pairs.labels);
  const described: AnnotatedPicture[] = [];
  for (const [done, file] of pairs.pictures.entries()) {
    progress.update(done + 1, pairs.pictures.length, 'annotations');
    const label = pairs.labelOf(file);
    if (label === undefined || !labels.has(label)) {
      faults.add('missingAnnotation', file, `there is no ${pairs.expectedLabel(file)}`);
      continue;
    }
    unused.delete(label);
    const text = await readText(folder, label);
    if (text === undefined) continue;
    const { faults: found, ...annotations } = pairs.read(text);
    for (const { line, kind, problem } of found) faults.add(kind, placeIn(label, line), problem);
    described.push({ ...annotations, file, source: label, line: null, isBroken: found.length > 0 });
  }
  for (const label of unused) {
    faults.add(
      'missingPicture',
      label,
      `there is no picture ${pairs.expectedPicture(label)}, with an ending such as .jpg`,
    );
  }
  return described;
}

/** Undefined, and a fault, when the file cannot be read or is no UTF-8. */
async function readText({ source, faults }: SetsFolder, file: string): Promise<string | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await source.read(file);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    faults.add('text', file, error.message);
    return undefined;
  }
  const text = bytes && decodeText(bytes);
  if (text === undefined) faults.add('text', file, bytes === undefined ? 'the file is gone' : 'it is no UTF-8 text');
  return text;
}

/** Without the mark that some editors begin a file with; undefined for what is no UTF-8. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes).replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const withoutEnding = (path: string): string => path.replace(/\.[^./]*$/, '');
const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.'));

/** Where the last folder of that name begins in a path; -1 when there is none. */
function findFolder(path: string, folder: string): number {
  return `/${path}`.lastIndexOf(`/${folder}/`);
}

function replaceFolder(path: string, folder: string, other: string): string {
  const at = findFolder(path, folder);
  return `${path.slice(0, at)}${other}${path.slice(at + folder.length)}`;
}
