// `--people`: the people file, read with care and written for its owner alone; and the folder that people are learnt from.
import { open, stat } from 'node:fs/promises';
import { Option } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { ConfigError, PeopleError } from '../../../core/errors.js';
import type { EmbeddedGallery } from '../../../core/identity/embedded-gallery.js';
import { EmbeddedPeople, type HashedEmbedding, reEmbed } from '../../../core/identity/embedded-people.js';
import {
  isEmbeddedGallery,
  readEmbeddedGallery,
  writeEmbeddedGallery,
} from '../../../core/identity/embedded-people-file.js';
import type { KnownPeople } from '../../../core/identity/identification.js';
import { People } from '../../../core/identity/people.js';
import type { PeopleMethod } from '../../../pipeline/people/config.js';
import { warn } from '../terminal/terminal-colour.js';
import { withProgress } from '../terminal/with-progress.js';
import { openEmbedding } from './people-method.js';

/** About 3,000 pictures of LBPH; V8's strings end at 512 MiB. */
const largestFileBytes = 400 * 1024 * 1024;
/** How each form of a people file starts. */
const openings = ['%YAML', '{"format":"moodlens-people"'];

/** People as a file holds them: LBPH's, which identify by themselves, or those of an embedding. */
export type StoredPeople = People | EmbeddedGallery;

/** For commands that need one. */
export function peopleFileOption(): Option {
  return new Option(
    '--people <file>',
    "people file of 'moodlens people train', by either method, or of OpenCV's LBPH",
  ).makeOptionMandatory();
}

/** The argument of a command on the pictures of people. */
export const peopleFolderArgument = ['<dir>', 'folder with a folder of pictures per person'] as const;

/** Reads people from a file, of either form. Throws ConfigError when there is none, PeopleError when it is not a people file. */
export async function readPeopleFile(path: string): Promise<StoredPeople> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const what = found?.isDirectory() ? 'is a folder' : found ? 'is a device or a pipe' : 'does not exist';
    throw new ConfigError(`${path} must be a people file and ${what}; \`moodlens people train\` makes one`);
  }
  const bytes = await readWholeFile(path, largestFileBytes).catch((cause: Error) => {
    throw new PeopleError(`${path} must be a people file that can be read: ${cause.message}`, { cause });
  });
  const text = new TextDecoder().decode(bytes);
  try {
    return isEmbeddedGallery(text) ? readEmbeddedGallery(text) : People.fromYaml(text);
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    throw new PeopleError(`${path}: ${error.message}`, { cause: error });
  }
}

/** People that identify faces; `release` frees the embedding's memory. */
export interface OpenPeople {
  readonly people: KnownPeople;
  release(): Promise<void>;
}

/** Opens people of `readPeopleFile` with what identifies them; notes go to stderr. Throws ModelFormatError when their embedding is missing, PeopleError as `reEmbed`. */
export async function openPeople(path: string, stored: StoredPeople): Promise<OpenPeople> {
  if (stored instanceof People) return { people: stored, release: async () => undefined };
  const embedding = await openEmbedding();
  try {
    const { gallery, notes } = await byEmbedding(stored, embedding);
    for (const note of notes) warn(`${path}: ${note}`);
    if (notes.length > 0) warn(`'moodlens people convert ${path} --out FILE.json' keeps the result`);
    return { people: new EmbeddedPeople(gallery, embedding), release: () => embedding.release() };
  } catch (error) {
    await embedding.release();
    if (!(error instanceof PeopleError)) throw error;
    throw new PeopleError(`${path}: ${error.message}`, { cause: error });
  }
}

/** The people as this embedding knows them: as they are, or embedded anew, with notes that say so. */
export async function byEmbedding(
  stored: EmbeddedGallery,
  embedding: HashedEmbedding,
): Promise<{ gallery: EmbeddedGallery; notes: readonly string[] }> {
  if (stored.facts.hash === embedding.hash) return { gallery: stored, notes: [] };
  return withProgress('embedding', (progress) => reEmbed(stored, embedding, decodePicture, progress));
}

/** The method of a file of that name: `.yml` is the form that OpenCV reads. Throws ConfigError for another ending, or that of the other method. */
export function methodOfFile(path: string, wanted?: PeopleMethod): PeopleMethod {
  const found = /\.ya?ml$/i.test(path) ? 'lbph' : /\.json$/i.test(path) ? 'embedding' : undefined;
  if (found === undefined) {
    throw new ConfigError(
      `--out must end in .json for people known by an embedding, or in .yml for LBPH, the form that OpenCV reads; found ${path}`,
    );
  }
  if (wanted === undefined || wanted === found) return found;
  throw new ConfigError(
    `--out must end in ${wanted === 'lbph' ? '.yml with LBPH, the form that OpenCV reads' : '.json with an embedding'}; found ${path}`,
  );
}

/** Throws ConfigError when something stands at `path` that is no people file: it would be lost. */
export async function requirePeopleFilePlace(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || (found.isFile() && found.size === 0)) return;
  const start = found.isFile() ? await firstBytes(path, Math.max(...openings.map(({ length }) => length))) : '';
  if (!openings.some((opening) => start.startsWith(opening))) {
    throw new ConfigError(`--out replaces a people file only, and ${path} is something else; name another file`);
  }
}

/** Throws ConfigError unless there is a folder, in which a folder of pictures per person can lie. */
export async function requirePeopleFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new ConfigError(
    `${directory} must be a folder and ${found ? 'is a file' : 'does not exist'}; it holds a folder of pictures per person`,
  );
}

/** Writes for the owner alone. Throws PeopleError for more people and pictures than could be read back. */
export async function writePeopleFile(path: string, people: StoredPeople): Promise<void> {
  const text = people instanceof People ? people.toYaml() : writeEmbeddedGallery(people);
  if (text.length > largestFileBytes) {
    throw new PeopleError(
      `a people file must have at most ${largestFileBytes} bytes, and these people need ${text.length}; learn from fewer pictures`,
    );
  }
  await writeFileAtomic(path, text, { mode: 0o600 });
}

async function firstBytes(path: string, count: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
