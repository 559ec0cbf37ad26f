// Finds the folders in which runs may lie: a folder itself, those in it, and those one level deeper.
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { createFolderStore } from './files.js';

export interface FoundFolder {
  /** Relative to the folder that was searched. */
  readonly name: string;
  readonly store: BlobStore;
  /** Since the newest change of a file in it. */
  readonly quietSeconds: number | undefined;
}

/** The folder itself, whatever it holds. */
export async function openRunFolder(path: string, name = basename(resolve(path))): Promise<FoundFolder> {
  return { name, store: createFolderStore(resolve(path)), quietSeconds: await quietSeconds(path) };
}

/** The folders in `path`, by name, hidden ones left out; `inner` does the same one level deeper. Empty when it cannot be read. */
export async function foldersIn(
  path: string,
): Promise<(FoundFolder & { readonly inner: () => Promise<FoundFolder[]> })[]> {
  return Promise.all(
    (await folderNames(path)).map(async (name) => ({
      ...(await openRunFolder(join(path, name), name)),
      inner: async () => {
        const inside = await folderNames(join(path, name));
        return Promise.all(inside.map((inner) => openRunFolder(join(path, name, inner), `${name}/${inner}`)));
      },
    })),
  );
}

async function folderNames(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const isLinkToFolder = async () => (await stat(join(path, entry.name)).catch(() => undefined))?.isDirectory();
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isLinkToFolder()))) names.push(entry.name);
  }
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

async function quietSeconds(path: string): Promise<number | undefined> {
  const names = await readdir(path).catch(() => []);
  const changes = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => undefined)));
  const newestMs = Math.max(...changes.map((change) => change?.mtimeMs ?? -Infinity));
  return Number.isFinite(newestMs) ? Math.max(0, (Date.now() - newestMs) / 1000) : undefined;
}
