// Reads a regular file of bounded size whole; refuses devices, pipes and folders.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Upper bounds, bytes: several times what there is of each kind. */
export const mostBytes = {
  /** JSON, notes and other short text. */
  text: 64 * 1024 * 1024,
  /** CSV of votes or probabilities. */
  table: 512 * 1024 * 1024 - 64,
  model: 2 ** 31 - 1,
  picture: 256 * 1024 * 1024,
} as const;

/**
 * The bytes of a regular file. Throws an Error that says what was found, for the message of whoever needs the file: nothing, a folder, a
 * device or pipe (which may never end), more than `most` bytes, or what the file system says.
 */
export async function readWholeFile(path: string, most: number): Promise<Uint8Array> {
  // A pipe that nobody writes to would let an open wait for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new Error(foundAt(cause), { cause });
    },
  );
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw new Error('it is a folder');
    if (!found.isFile()) throw new Error('it is a device or a pipe, and not a file');
    if (found.size > most) throw new Error(`it has ${found.size} bytes, more than ${most}`);
    return await file.readFile().catch((cause: NodeJS.ErrnoException) => {
      throw new Error(foundAt(cause), { cause });
    });
  } finally {
    await file.close();
  }
}

function foundAt(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  if (error.code === 'ENOTDIR') return 'a part of its path is a file';
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'its permissions do not allow it';
  // A socket, or a device without a driver.
  if (error.code === 'ENXIO') return 'it is a device or a pipe, and not a file';
  return error.message;
}
