// Files on disk: written beside and renamed, so that nobody ever sees half a file; and a folder as a BlobStore.
import { createReadStream, type Dirent } from 'node:fs';
import { appendFile, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError, StorageError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { besideName, isUnfinished, replacedName, restoreFolder, sweepLeftovers } from './leftovers.js';
import { makeFolder } from './make-folder.js';
import { mostBytes, readWholeFile } from './read-whole-file.js';
import { reading, writing } from './storage-error.js';

/**
 * Writes a file beside its place, syncs it and renames it; makes the folder when missing. Throws
 * StorageError when the disk is full or does not allow it: what was there before stays. `mode` are the new file's permissions, e.g. 0o600 for its owner alone (default: what the umask leaves).
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  { mode = 0o666 }: { readonly mode?: number } = {},
): Promise<void> {
  await replaceFile(path, await writeBeside(path, content, mode));
}

/**
 * Writes files that belong together, each as `writeFileAtomic` does; a file without content is taken away. Nothing changes before all
 * are written beside their places: throws StorageError when the disk is full, and what was there before stays.
 */
export async function writeFilesAtomic(
  files: readonly (readonly [path: string, content: Uint8Array | string | undefined])[],
): Promise<void> {
  const written = new Map<string, string>();
  try {
    for (const [path, content] of files) {
      if (content !== undefined) written.set(path, await writeBeside(path, content, 0o666));
    }
    for (const [path, content] of files) {
      if (content === undefined) await writing(path, () => rm(resolve(path), { force: true }));
    }
    for (const [path, beside] of written) await replaceFile(path, beside);
  } catch (error) {
    for (const beside of written.values()) await rm(beside, { force: true });
    throw error;
  }
}

/** Gives the path of what is written and synced. */
async function writeBeside(path: string, content: Uint8Array | string, mode: number): Promise<string> {
  const target = resolve(path);
  const beside = besideName(target);
  await writing(path, async () => {
    await makeFolder(dirname(target));
    await sweepLeftovers(dirname(target));
    try {
      const file = await open(beside, 'wx', mode);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  });
  return beside;
}

async function replaceFile(path: string, beside: string): Promise<void> {
  await writing(path, async () => {
    try {
      await rename(beside, resolve(path));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  });
}

/**
 * Fills a new folder beside its place and renames it when `fill` has finished; when `fill` throws, nothing is left.
 * Throws ConfigError when the folder is there already and `overwrite` is not set (an empty folder counts as absent).
 */
export async function writeFolderAtomic<T>(
  directory: string,
  fill: (store: BlobStore) => Promise<T>,
  options: { readonly overwrite?: boolean } = {},
): Promise<T> {
  const target = resolve(directory);
  await requireFreeFolder(target, options.overwrite);
  const beside = besideName(target);
  await writing(directory, async () => {
    await makeFolder(dirname(target));
    await sweepLeftovers(dirname(target));
    await mkdir(beside);
  });
  try {
    const result = await fill(createFolderStore(beside));
    await requireFreeFolder(target, options.overwrite);
    await writing(directory, () => replaceFolder(beside, target));
    return result;
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

/** Throws ConfigError when the folder holds files and `overwrite` is not set, or when it is a file. For a check before long work. */
export async function requireFreeFolder(directory: string, overwrite = false): Promise<void> {
  const target = resolve(directory);
  await reading(directory, () => restoreFolder(target));
  const entries = await reading(directory, () =>
    readdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      if (error.code === 'ENOTDIR')
        throw new ConfigError(`${target} must be a folder and is a file; name another place`);
      throw error;
    }),
  );
  if (entries.length > 0 && !overwrite) {
    throw new ConfigError(
      `${target} must not exist yet and holds files; name another folder, or replace it with --force`,
    );
  }
}

/** Between the two renames there is no folder of that name: whoever finds that so, later or meanwhile, restores the old one. */
async function replaceFolder(beside: string, target: string): Promise<void> {
  const old = replacedName(target);
  const hadOld = await rename(target, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(beside, target);
  } catch (error) {
    if (hadOld) await rename(old, target);
    throw error;
  }
  if (hadOld) await rm(old, { recursive: true, force: true });
}

/**
 * The files under a folder by relative name with '/' between; the folder is made on the first write. Reading and writing
 * throw StorageError where the file system refuses.
 */
export function createFolderStore(directory: string): BlobStore {
  const root = resolve(directory);
  const place = (name: string): string => {
    const parts = name.split('/');
    if (
      name.includes('\\') ||
      name.includes('\0') ||
      parts.some((part) => part === '' || part === '.' || part === '..')
    ) {
      throw new RangeError(`blob names are relative, without '..', '\\' or empty parts; found '${name}'`);
    }
    return join(root, ...parts);
  };
  return {
    async read(name) {
      const path = place(name);
      const content = await reading(path, () => readStored(root, path));
      // A plain array: a Buffer's slice() shares memory, which code that runs anywhere does not expect.
      return content && new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    },
    write: async (name, content) => writeFileAtomic(place(name), content),
    async append(name, content) {
      const path = place(name);
      await writing(path, async () => {
        await makeFolder(dirname(path));
        await appendFile(path, content);
      });
    },
    async list(prefix = '') {
      const names: string[] = [];
      await restoreFolder(root);
      await collect(root, '', names, new Set());
      return names.filter((name) => name.startsWith(prefix)).sort();
    },
    async remove(name) {
      const path = place(name);
      await writing(path, () => rm(path, { force: true }));
    },
  };
}

/** Undefined when there is no file of that name; a folder, a device or a pipe is none. */
async function readStored(root: string, path: string): Promise<Uint8Array | undefined> {
  const find = () => stat(path).catch(absent);
  const found = (await find()) ?? ((await restoreFolder(root)) ? await find() : undefined);
  if (!found?.isFile()) return undefined;
  if (found.size > mostBytes.model) {
    throw new StorageError(`${path} must have at most ${mostBytes.model} bytes, and has ${found.size}`);
  }
  return readWholeFile(path, mostBytes.model).catch((error: Error) => absent(error.cause ?? error));
}

function absent(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}

/** Adds every file below `path`; follows links, but enters no folder twice on the way down. */
async function collect(path: string, relative: string, names: string[], above: ReadonlySet<string>): Promise<void> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || above.has(real)) return;
  const entries: Dirent[] = await reading(path, () => readdir(path, { withFileTypes: true }));
  for (const entry of entries) {
    if (isUnfinished(entry.name)) continue;
    const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
    const kind = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : entry;
    if (kind?.isDirectory()) await collect(join(path, entry.name), name, names, new Set([...above, real]));
    else if (kind?.isFile()) names.push(name);
  }
}

/** A file's bytes, piece by piece (1 MiB), with the file's size in bytes for progress. Throws ConfigError when it is not a file. */
export async function openFileChunks(path: string): Promise<{ size: number; chunks: AsyncIterable<Uint8Array> }> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const what = found?.isDirectory() ? 'is a folder' : found ? 'is a device or a pipe' : 'does not exist';
    throw new ConfigError(`${path} must be a file and ${what}; check the name`);
  }
  return { size: found.size, chunks: createReadStream(path, { highWaterMark: 1 << 20 }) };
}
