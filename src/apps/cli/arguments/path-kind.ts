// What stands at a path that a user names.
import { stat } from 'node:fs/promises';

/** False also when there is nothing of that name. */
export async function isFolder(path: string): Promise<boolean> {
  return (await found(path))?.isDirectory() ?? false;
}

/** False also when there is nothing of that name. */
export async function isFile(path: string): Promise<boolean> {
  return (await found(path))?.isFile() ?? false;
}

const found = (path: string) => stat(path).catch(() => undefined);
