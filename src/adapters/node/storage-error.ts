// What the file system says when something cannot be written or read, as an error that says what to do.
import { StorageError } from '../../core/errors.js';

type Reasons = Readonly<Record<string, readonly [found: string, next: string]>>;

const writeReasons: Reasons = {
  ENOSPC: ['the disk is full', 'make room and try again'],
  EDQUOT: ["the user's share of the disk is used up", 'make room and try again'],
  EROFS: ['the disk is read-only', 'name a place that can be written'],
  EACCES: ['the folder does not allow it', 'change its permissions or name another place'],
  EPERM: ['the folder does not allow it', 'change its permissions or name another place'],
  EIO: ['the disk fails', 'check it, or name another place'],
  ENOTDIR: ['a part of that path is a file', 'name another place'],
  EEXIST: ['a part of that path is a file', 'name another place'],
  EISDIR: ['there is a folder of that name', 'name another place'],
  ENOENT: ['no folder can be made there', 'name another place'],
  ENAMETOOLONG: ['its name is too long', 'name another place'],
  ELOOP: ['its links lead in a circle', 'name another place'],
};

const readReasons: Reasons = {
  EACCES: ['its permissions do not allow it', 'change them'],
  EPERM: ['its permissions do not allow it', 'change them'],
  ELOOP: ['its links lead in a circle', 'put the file itself there'],
  ENAMETOOLONG: ['its name is too long', 'name another'],
  EIO: ['the disk fails', 'check it'],
};

/** Runs work that writes to `path`; throws StorageError where the file system refuses, and lets other errors pass. */
export function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  return explaining(`${path} must be written`, writeReasons, work);
}

/** Runs work that reads `path`; throws StorageError where the file system refuses, and lets other errors pass. */
export function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  return explaining(`${path} must be read`, readReasons, work);
}

async function explaining<T>(held: string, reasons: Reasons, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
    if (reason === undefined) throw error;
    const [found, next] = reason;
    throw new StorageError(`${held}, and ${found}; ${next}`, { cause: error });
  }
}
