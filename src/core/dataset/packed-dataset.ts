// The dataset that every stage after the import uses: grey pictures of one size with a class and a split, and its files.
import { z } from 'zod';
import { Sha256 } from '../bytes/sha256.js';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.js';
import { DatasetError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { PixelSamples } from './duplicates.js';

/** Largest accepted picture side in pixels, and largest dataset in bytes of pixels. */
const maxSide = 1024;
export const maxDatasetBytes = 2 ** 31;

const names = z.array(z.string().min(1)).max(255);

/** dataset.json. Its sizes describe the binary files beside it: see `datasetFiles`. */
export const datasetDescriptionSchema = z.object({
  format: z.literal('moodlens-dataset'),
  version: z.literal(1),
  width: z.int().min(1).max(maxSide).describe('pixels'),
  height: z.int().min(1).max(maxSide).describe('pixels'),
  labels: names.min(1).describe('class names; a class is an index into them'),
  splitNames: names.min(1),
  count: z.int().min(1).describe('samples'),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of sizes, names, pixels, classes, splits and rows'),
  source: z.object({
    kind: z.string(),
    name: z.string().describe('file or folder name, without its path'),
    brokenRows: z.int().min(0).describe('rows or pictures left out because they were broken'),
    files: z.array(z.string()).optional().describe('file names; a row is an index into them'),
  }),
});

export type DatasetDescription = z.infer<typeof datasetDescriptionSchema>;
export type DatasetSource = DatasetDescription['source'];

/** The binary files: one byte per pixel, class and split, rows as little-endian int32. */
export const datasetFiles = {
  pixels: 'pixels.bin',
  classes: 'classes.bin',
  splits: 'splits.bin',
  rows: 'rows.bin',
} as const;

export const descriptionFile = 'dataset.json';

/** Samples in memory. Sample i has `pixels[i*height*width ..]`, class `classes[i]`, split `splits[i]`, source row `rows[i]`. */
export interface PackedDataset {
  readonly width: number;
  readonly height: number;
  /** Class names. */
  readonly labels: readonly string[];
  readonly count: number;
  /** `[count, height, width]`, grey 0..255. */
  readonly pixels: Uint8Array;
  readonly classes: Uint8Array;
  /** Indices into `splitNames`. */
  readonly splits: Uint8Array;
  readonly splitNames: readonly string[];
  /** Row numbers in the source, from 0. */
  readonly rows: Int32Array;
  /** SHA-256 of all of the above, hexadecimal. */
  readonly hash: string;
  readonly source: DatasetSource;
}

/** Checks the parts of a dataset, and computes its hash. Throws DatasetError when they do not fit together. */
export function createDataset(parts: Omit<PackedDataset, 'hash' | 'count'>): PackedDataset {
  const count = parts.classes.length;
  const unhashed = { ...parts, count };
  const dataset = { ...unhashed, hash: hashDataset(unhashed) };
  checkDescription(describe(dataset));
  checkSplitNames(dataset.splitNames);
  checkContent(unhashed);
  return dataset;
}

/** The content of dataset.json. */
function describe({ width, height, labels, splitNames, count, hash, source }: PackedDataset) {
  return { format: 'moodlens-dataset', version: 1, width, height, labels, splitNames, count, hash, source };
}

/** Writes a dataset's files; dataset.json last, so that a folder without it is not a dataset. */
export async function writeDataset(store: BlobStore, dataset: PackedDataset): Promise<void> {
  await store.write(datasetFiles.pixels, dataset.pixels);
  await store.write(datasetFiles.classes, dataset.classes);
  await store.write(datasetFiles.splits, dataset.splits);
  await store.write(datasetFiles.rows, encodeRows(dataset.rows));
  await store.write(descriptionFile, `${JSON.stringify(describe(dataset), null, 2)}\n`);
}

/** Reads and checks a dataset's files. Throws DatasetError when one is missing, has another size, or does not match the hash. */
export async function readPackedDataset(store: BlobStore): Promise<PackedDataset> {
  const bytes = await store.read(descriptionFile);
  if (bytes === undefined) {
    throw new DatasetError(
      `a dataset must have a ${descriptionFile} and there is none; make one with 'moodlens data import'`,
    );
  }
  const { width, height, labels, splitNames, count, hash, source } = parseDescription(bytes);
  const file = async (kind: keyof typeof datasetFiles, size: number): Promise<Uint8Array> => {
    const name = datasetFiles[kind];
    const content = await store.read(name);
    if (content?.length !== size) {
      const found = content === undefined ? 'is missing' : `has ${content.length}`;
      throw new DatasetError(
        `${name} must have ${size} bytes for ${count} samples and ${found}; import the dataset again`,
      );
    }
    return content;
  };
  const dataset = {
    width,
    height,
    labels,
    splitNames,
    count,
    source,
    pixels: await file('pixels', count * width * height),
    classes: await file('classes', count),
    splits: await file('splits', count),
    rows: decodeRows(await file('rows', count * 4)),
  };
  if (hashDataset(dataset) !== hash) {
    throw new DatasetError(
      `the dataset's content must have the hash in ${descriptionFile} and has another: a file was changed or damaged; import it again`,
    );
  }
  checkContent(dataset);
  return { ...dataset, hash };
}

function parseDescription(bytes: Uint8Array): DatasetDescription {
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    throw new DatasetError(`${descriptionFile} must be JSON and is not; import the dataset again`, { cause: error });
  }
  return checkDescription(json);
}

function checkDescription(json: unknown): DatasetDescription {
  const result = datasetDescriptionSchema.safeParse(json);
  if (!result.success) {
    throw new DatasetError(`${descriptionFile} does not describe a dataset: ${z.prettifyError(result.error)}`);
  }
  const description = result.data;
  const bytes = description.count * description.width * description.height;
  if (bytes > maxDatasetBytes) {
    throw new DatasetError(
      `a dataset must have at most ${maxDatasetBytes} bytes of pixels and this one has ${bytes}; import fewer or smaller pictures`,
    );
  }
  for (const list of [description.labels, description.splitNames]) {
    if (new Set(list).size !== list.length) {
      throw new DatasetError(`class and split names must differ, found twice in ${list.join(', ')}`);
    }
  }
  return description;
}

/** The metadata of models joins the names of training splits by ' and '. */
function checkSplitNames(names: readonly string[]): void {
  const unreadable = names.find((name) => name.includes(' and '));
  if (unreadable === undefined) return;
  throw new DatasetError(`a split's name must not hold ' and ', found '${unreadable}'; rename it and import again`);
}

function checkContent(dataset: Omit<PackedDataset, 'hash'>): void {
  const { count, width, height, labels, splitNames, pixels, classes, splits, rows } = dataset;
  if (pixels.length !== count * width * height || splits.length !== count || rows.length !== count) {
    throw new DatasetError(
      `${count} samples of ${width}x${height} need as many pixels, splits and rows; found ${pixels.length}, ${splits.length}, ${rows.length}`,
    );
  }
  for (let i = 0; i < count; i++) {
    if (classes[i]! >= labels.length || splits[i]! >= splitNames.length) {
      throw new DatasetError(
        `sample ${i} has class ${classes[i]} of ${labels.length} and split ${splits[i]} of ${splitNames.length}; import the dataset again`,
      );
    }
  }
}

function hashDataset(dataset: Omit<PackedDataset, 'hash'>): string {
  const { width, height, labels, splitNames, count } = dataset;
  return new Sha256()
    .update(encodeUtf8(JSON.stringify([1, width, height, labels, splitNames, count])))
    .update(dataset.pixels)
    .update(dataset.classes)
    .update(dataset.splits)
    .update(encodeRows(dataset.rows))
    .hex();
}

function encodeRows(rows: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(rows.length * 4));
  for (let i = 0; i < rows.length; i++) view.setInt32(4 * i, rows[i]!, true);
  return new Uint8Array(view.buffer);
}

function decodeRows(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}

/** Sample i as a picture; shares the samples' memory. Throws RangeError when there is no such sample. */
export function samplePicture(samples: PixelSamples, index: number): GreyPicture {
  const { width, height, pixels, count } = samples;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`samplePicture: index ${index} is not in 0..${count - 1}`);
  }
  const size = width * height;
  return { width, height, channels: 1, data: pixels.subarray(index * size, (index + 1) * size) };
}

/** Indices of a split's samples, in order; names match without regard to case. Throws DatasetError when there is no such split, or no sample in it. */
export function splitIndices(dataset: PackedDataset, name: string): Int32Array {
  const wanted = dataset.splitNames.findIndex((split) => split.toLowerCase() === name.toLowerCase());
  const indices: number[] = [];
  dataset.splits.forEach((split, i) => {
    if (split === wanted) indices.push(i);
  });
  if (indices.length === 0) {
    const there = dataset.splitNames.filter((_, split) => dataset.splits.includes(split));
    throw new DatasetError(
      `the split must be one of ${there.join(', ')} and is '${name}'; choose another, or import the data with it`,
    );
  }
  return Int32Array.from(indices);
}

/** A dataset of the samples at `indices`, in their order, with its own hash. */
export function selectSamples(dataset: PackedDataset, indices: ArrayLike<number>): PackedDataset {
  const size = dataset.width * dataset.height;
  const pixels = new Uint8Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) pixels.set(samplePicture(dataset, indices[i]!).data, i * size);
  const pick = (values: ArrayLike<number>) => Array.from(indices, (index) => values[index]!);
  return createDataset({
    ...dataset,
    pixels,
    classes: Uint8Array.from(pick(dataset.classes)),
    splits: Uint8Array.from(pick(dataset.splits)),
    rows: Int32Array.from(pick(dataset.rows)),
  });
}
