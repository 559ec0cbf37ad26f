// The import of pictures in a folder per class, with or without a folder per split above: DIR/happy/a.png, DIR/train/happy/a.png.
import { findLabel } from '../../core/dataset/label-names.js';
import { createDataset, maxDatasetBytes } from '../../core/dataset/packed-dataset.js';
import { DatasetError, MediaError } from '../../core/errors.js';
import { isGrey, toGrey } from '../../core/image/grey.js';
import { isPictureName } from '../../core/image/is-picture-name.js';
import { pictureFormat } from '../../core/image/picture-format.js';
import { resizeGrey } from '../../core/image/resize.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { DecodePicture } from '../../core/ports/decode-picture.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { describeBroken, type ImportedDataset, maxProblems } from './broken-samples.js';
import { type ImportFolderOptions, parseImportFolder } from './config.js';

/** The split of pictures outside split folders: the one that training uses by default. */
export const onlySplit = 'Training';

/** Pictures decoded at the same time. */
const atOnce = 8;

interface PictureFile {
  readonly name: string;
  readonly label: number;
  readonly split: string;
}

/** A picture as it is in the folder, before it is made grey and stretched. */
export interface OriginalPicture {
  /** Its path below the folder. */
  readonly name: string;
  readonly split: string;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
  /** JPEG, PNG and so on, by the content. */
  readonly format: string;
}

export interface ImportFolderWatch {
  readonly progress?: Progress;
  /** Called for every imported picture, in the order of the samples. */
  readonly onPicture?: (picture: OriginalPicture) => void;
}

/**
 * Imports the pictures of the folder `name`: grey, stretched to `size` x `size` pixels. Sample i's row is its place in `source.files`.
 * Throws DatasetError naming folders that are no class, and unreadable pictures (unless they are skipped).
 */
export async function importFolder(
  store: BlobStore,
  name: string,
  decode: DecodePicture,
  options: ImportFolderOptions = {},
  { progress = silentProgress, onPicture }: ImportFolderWatch = {},
): Promise<ImportedDataset> {
  const { size, labels, skipBad } = parseImportFolder(options);
  const files = findPictures(await store.list(), labels, name);
  const splitNames = [...new Set(files.map(({ split }) => split))];
  if (files.length * size * size > maxDatasetBytes) {
    throw new DatasetError(
      `a dataset must have at most ${maxDatasetBytes} bytes of pixels and ${files.length} pictures of ${size}x${size} have more; choose a smaller --size`,
    );
  }
  const pixels = new Uint8Array(files.length * size * size);
  const good: PictureFile[] = [];
  const problems: string[] = [];
  let broken = 0;
  for (let start = 0; start < files.length; start += atOnce) {
    const batch = files.slice(start, start + atOnce);
    const decoded = await Promise.all(batch.map((file) => decodeSample(store, file, decode, size)));
    decoded.forEach((sample, i) => {
      const file = batch[i]!;
      if (sample instanceof MediaError) {
        broken++;
        if (problems.length < maxProblems) problems.push(`${file.name}: ${sample.message}`);
      } else {
        pixels.set(sample.pixels, good.length * size * size);
        good.push(file);
        onPicture?.(sample.original);
      }
    });
    progress.update(start + batch.length, files.length, 'pictures');
  }
  progress.finish();
  if (broken > 0 && !skipBad) throw new DatasetError(describeBroken(name, 'pictures', problems, broken));
  if (good.length === 0) {
    throw new DatasetError(`${name} must have pictures that can be read and has none; the first: ${problems[0]}`);
  }
  const dataset = createDataset({
    width: size,
    height: size,
    labels,
    splitNames,
    pixels: pixels.slice(0, good.length * size * size),
    classes: Uint8Array.from(good, ({ label }) => label),
    splits: Uint8Array.from(good, ({ split }) => splitNames.indexOf(split)),
    rows: Int32Array.from(good, (_, i) => i),
    source: { kind: 'folder', name, brokenRows: broken, files: good.map((file) => file.name) },
  });
  return { dataset, broken, problems };
}

async function decodeSample(
  store: BlobStore,
  { name, split }: PictureFile,
  decode: DecodePicture,
  size: number,
): Promise<{ pixels: Uint8Array; original: OriginalPicture } | MediaError> {
  try {
    const bytes = await store.read(name);
    if (bytes === undefined) return new MediaError('the file is gone');
    const picture = await decode(bytes);
    const { width, height } = picture;
    return {
      pixels: Uint8Array.from(resizeGrey(toGrey(picture), size, size).data),
      original: { name, split, width, height, isGrey: isGrey(picture), format: pictureFormat(bytes) },
    };
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
}

/** The pictures with their class and split, in the order of their names. Hidden files and other kinds of files are ignored. */
function findPictures(names: readonly string[], labels: readonly string[], folder: string): PictureFile[] {
  const files: PictureFile[] = [];
  const unknown = new Set<string>();
  for (const name of names) {
    const parts = name.split('/');
    if (!isPictureName(name)) continue;
    const folders = parts.slice(0, -1);
    const level = folders.slice(0, 2).findIndex((part) => findLabel(labels, part) >= 0);
    if (level >= 0) {
      files.push({ name, label: findLabel(labels, folders[level]!), split: level === 1 ? folders[0]! : onlySplit });
    } else unknown.add(folders.slice(0, 2).join('/') || '.');
  }
  if (unknown.size > 0) {
    const some = [...unknown].slice(0, 10).join(', ');
    throw new DatasetError(
      `${folder} must have a folder per class (${labels.join(', ')}), with a folder per split above or not, and has pictures in ${some}; rename these folders, or name your own classes with --labels`,
    );
  }
  if (files.length === 0) {
    throw new DatasetError(
      `${folder} must have pictures in a folder per class (${labels.join(', ')}) and has none; check the folder's name`,
    );
  }
  checkSplits(files, folder);
  return files;
}

function checkSplits(files: readonly PictureFile[], folder: string): void {
  const without = files.find(({ name, split }) => !name.startsWith(`${split}/`));
  const within = files.find(({ name, split }) => name.startsWith(`${split}/`));
  if (without && within) {
    throw new DatasetError(
      `${folder} must have a folder per split above every class or above none and has ${without.name} beside ${within.name}; move one of them`,
    );
  }
  const splits = [...new Set(files.map(({ split }) => split))];
  if (splits.length > 255) throw new DatasetError(`${folder} must have at most 255 splits and has ${splits.length}`);
}
