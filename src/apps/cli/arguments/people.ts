// `--people`: the people file, read with care and written for its owner alone; and the folder that people are learnt from.
import { open, stat } from 'node:fs/promises';
import { Option } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { ConfigError, PeopleError } from '../../../core/errors.js';
import { People } from '../../../core/identity/people.js';

/** About 3,000 pictures; V8's strings end at 512 MiB. */
const largestFileBytes = 400 * 1024 * 1024;
const opening = '%YAML';

/** For commands that need one. */
export function peopleFileOption(): Option {
  return new Option(
    '--people <file>',
    "people file of 'moodlens people train' or of OpenCV's LBPH",
  ).makeOptionMandatory();
}

/** The argument of a command on the pictures of people. */
export const peopleFolderArgument = ['<dir>', 'folder with a folder of pictures per person'] as const;

/** Reads people from a file. Throws ConfigError when there is none, PeopleError when it is not a people file. */
export async function readPeopleFile(path: string): Promise<People> {
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
    return People.fromYaml(text);
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    throw new PeopleError(`${path}: ${error.message}`, { cause: error });
  }
}

/** Throws ConfigError when something stands at `path` that is no people file: it would be lost. */
export async function requirePeopleFilePlace(path: string): Promise<void> {
  if (!/\.ya?ml$/i.test(path)) {
    throw new ConfigError(`--out must end in .yml, the form that OpenCV reads; found ${path}`);
  }
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  const start = found.isFile() ? await firstBytes(path, opening.length) : '';
  if (start !== opening && !(found.isFile() && found.size === 0)) {
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

export async function writePeopleFile(path: string, people: People): Promise<void> {
  await writeFileAtomic(path, people.toYaml(), { mode: 0o600 });
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
