// A split file: named, disjoint sets of a dataset's samples, with a hash that runs and models record.
import { z } from 'zod';
import { Sha256 } from '../bytes/sha256.js';
import { encodeUtf8 } from '../bytes/utf8.js';
import { DatasetError } from '../errors.js';
import { decodeRanges, encodeRanges } from './index-ranges.js';
import type { PackedDataset } from './packed-dataset.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const splitFileSchema = z.object({
  format: z.literal('moodlens-splits'),
  version: z.literal(1),
  dataset: hash.describe('hash of the dataset whose samples these are'),
  samples: z.int().min(1).describe('how many the dataset has'),
  method: z.string().min(1).describe('how the sets were drawn, for people'),
  seed: z.int().min(0).nullable().describe('null when nothing was drawn'),
  sets: z
    .record(z.string().min(1).max(100), z.string())
    .describe('the indices of each set from 0, ascending, stretches as first-last: 0-3,7,9-12'),
  hash: hash.describe('SHA-256 of all of the above'),
});

type SplitFile = z.infer<typeof splitFileSchema>;

/** A split that fits its dataset. */
export interface Splits {
  readonly method: string;
  readonly seed: number | null;
  /** Indices into the dataset, ascending; in the order of the file. */
  readonly sets: ReadonlyMap<string, Int32Array>;
  readonly hash: string;
}

/** The text of a split file. Throws DatasetError when a set is empty, a name occurs twice, or two sets share a sample. */
export function writeSplitFile(
  dataset: Pick<PackedDataset, 'hash' | 'count'>,
  { method, seed, sets }: Omit<Splits, 'hash'>,
): { text: string; hash: string } {
  checkSets(sets);
  const content: Omit<SplitFile, 'hash'> = {
    ...{ format: 'moodlens-splits', version: 1, dataset: dataset.hash, samples: dataset.count, method, seed },
    sets: Object.fromEntries([...sets].map(([name, indices]) => [name, encodeRanges(indices)])),
  };
  const own = hashContent(content);
  return { text: `${JSON.stringify({ ...content, hash: own }, null, 2)}\n`, hash: own };
}

/**
 * Reads a split file for a dataset. Throws DatasetError when it is not a split file or was changed, when it belongs to another
 * dataset, and when its sets are empty, overlap, or contain samples that do not exist.
 */
export function readSplitFile(text: string, dataset: Pick<PackedDataset, 'hash' | 'count'>): Splits {
  const file = parse(text);
  const { hash: stated, ...content } = file;
  if (hashContent(content) !== stated) {
    throw new DatasetError(
      `a split file must have the hash of its content, and this one was changed or damaged; make it again with 'moodlens data split'`,
    );
  }
  if (file.dataset !== dataset.hash || file.samples !== dataset.count) {
    throw new DatasetError(
      `a split file must be of the dataset it is used with, of hash ${dataset.hash.slice(0, 12)}…, and this one is of ${file.dataset.slice(0, 12)}…; name that dataset, or make another with 'moodlens data split'`,
    );
  }
  const sets = new Map<string, Int32Array>();
  for (const [name, ranges] of Object.entries(file.sets)) {
    const indices = decodeRanges(ranges, dataset.count);
    if ('fault' in indices) {
      throw new DatasetError(
        `the set '${name}' of a split file must hold indices of the dataset's ${dataset.count} samples, ascending, and in this one ${indices.fault}; make it again with 'moodlens data split'`,
      );
    }
    sets.set(name, indices);
  }
  checkSets(sets);
  const { method, seed } = file;
  return { method, seed, sets, hash: stated };
}

/** The samples of a set; names match without regard to case. Throws DatasetError when there is none of that name. */
export function samplesOfSet({ sets }: Pick<Splits, 'sets'>, name: string): Int32Array {
  return sets.get(spellingOf(sets, name))!;
}

/** The name as the file spells it. */
export function spellingOf(sets: Splits['sets'], name: string): string {
  const found = [...sets.keys()].find((own) => own.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new DatasetError(`the set must be one of ${[...sets.keys()].join(', ')} and is '${name}'; choose another`);
}

function parse(text: string): SplitFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DatasetError(`a split file must be JSON and this one is not; make it with 'moodlens data split'`, {
      cause,
    });
  }
  const result = splitFileSchema.safeParse(json);
  if (result.success) return result.data;
  throw new DatasetError(
    `a split file must be as 'moodlens data split' writes it:\n${z.prettifyError(result.error)}\nmake it again`,
  );
}

function checkSets(sets: Splits['sets']): void {
  if (sets.size === 0) throw new DatasetError('a split must have sets and has none; make it again');
  const owner = new Map<number, string>();
  const names = new Set<string>();
  for (const [name, indices] of sets) {
    if (names.has(name.toLowerCase())) throw new DatasetError(`the sets of a split must differ, found '${name}' twice`);
    if (name.includes(' and '))
      throw new DatasetError(`a set's name must not hold ' and ', found '${name}'; rename it`);
    names.add(name.toLowerCase());
    if (indices.length === 0) throw new DatasetError(`a set of a split must hold samples, and '${name}' is empty`);
    for (const i of indices) {
      const other = owner.get(i);
      if (other !== undefined) {
        throw new DatasetError(`a sample must be in one set only, and ${i} is in '${other}' and in '${name}'`);
      }
      owner.set(i, name);
    }
  }
}

function hashContent({ format, version, dataset, samples, method, seed, sets }: Omit<SplitFile, 'hash'>): string {
  const content = [format, version, dataset, samples, method, seed, Object.entries(sets)];
  return new Sha256().update(encodeUtf8(JSON.stringify(content))).hex();
}
