// Makes a folder with those above it.
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes the folder where there is none, and those above it. Throws what the file system says. Node's own recursive mkdir does not
 * end where a system lets nobody make folders (/proc), and cannot be interrupted there.
 */
export async function makeFolder(path: string, { mode = 0o777 }: { readonly mode?: number } = {}): Promise<void> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(folder);
    if (code === 'ENOENT' && above !== folder && !(await isFolder(above))) {
      await makeFolder(above, { mode });
      await mkdir(folder, { mode }).catch(acceptFolder(folder));
    } else await acceptFolder(folder)(error);
  }
}

/** Somebody else may have made it; a read-only disk says so of folders that are there, too. */
function acceptFolder(folder: string): (error: unknown) => Promise<void> {
  return async (error) => {
    if (!(await isFolder(folder))) throw error;
  };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
