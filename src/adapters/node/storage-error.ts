// What the file system says when something cannot be written or read, as an error that says what to do.
import { StorageError } from '../../core/errors.js';

type Reasons = Readonly<Record<string, readonly [found: string, next: string]>>;

const writeReasons: Reasons = {
  ENOSPC: ['the disk is full', 'make room and try again'],
  EDQUOT: ["the user's share of the disk is used up", 'make room and try again'],
  EFBIG: ['a file of that size is not allowed there', 'allow larger files (ulimit -f), or name another place'],
  EROFS: ['the disk is read-only', 'name a place that can be written'],
  EACCES: ['the folder does not allow it', 'change its permissions or name another place'],
  EPERM: ['the folder does not allow it', 'change its permissions or name another place'],
  EIO: ['the disk fails', 'check it, or name another place'],
  ENXIO: ['the device takes nothing', 'name another place'],
  ENOTDIR: ['a part of that path is a file', 'name another place'],
  EEXIST: ['a part of that path is a file', 'name another place'],
  EISDIR: ['there is a folder of that name', 'name another place'],
  ENOTEMPTY: ['there is a folder of that name', 'name another place'],
  EBUSY: ['the system holds it', 'name another place'],
  EXDEV: ['the system holds it', 'name another place'],
  ETXTBSY: ['a program of that name runs', 'name another place'],
  ENOENT: ['no folder can be made there', 'name another place'],
  EINVAL: ['no file can be made there', 'name another place'],
  ENAMETOOLONG: ['its name is too long', 'name another place'],
  ELOOP: ['its links lead in a circle', 'name another place'],
  EMFILE: ['too many files are open', 'allow more of them (ulimit -n) and try again'],
  ENFILE: ['too many files are open', 'close other programs and try again'],
};

const readReasons: Reasons = {
  EACCES: ['its permissions do not allow it', 'change them'],
  EPERM: ['its permissions do not allow it', 'change them'],
  ELOOP: ['its links lead in a circle', 'put the file itself there'],
  ENAMETOOLONG: ['its name is too long', 'name another'],
  EIO: ['the disk fails', 'check it'],
  EMFILE: ['too many files are open', 'allow more of them (ulimit -n) and try again'],
  ENFILE: ['too many files are open', 'close other programs and try again'],
};

/** What other programs say of the file system's codes. */
const spoken: Readonly<Record<string, RegExp>> = {
  ENOSPC: /no space left on device/i,
  EDQUOT: /disk quota exceeded/i,
  EFBIG: /file too large/i,
  EROFS: /read-only file system/i,
  EACCES: /permission denied/i,
  EPERM: /operation not permitted/i,
  EIO: /input\/output error/i,
};

/** Runs work that writes to `path`; throws StorageError where the file system refuses, and lets other errors pass. */
export function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  return explaining(`${path} must be written`, writeReasons, work);
}

/** Runs work that reads `path`; throws StorageError where the file system refuses, and lets other errors pass. */
export function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  return explaining(`${path} must be read`, readReasons, work);
}

/**
 * The StorageError of a write to `path` that the file system refused with the code of `cause`; undefined for other codes. `kept`
 * says what of the work is there all the same.
 */
export function refusedWrite(
  path: string,
  cause: unknown,
  { kept }: { readonly kept?: string | undefined } = {},
): StorageError | undefined {
  const reason = writeReasons[codeOf(cause)];
  if (reason === undefined) return undefined;
  const [found, next] = reason;
  const rest = kept === undefined ? '' : `; ${kept}`;
  return new StorageError(`${path} must be written, and ${found}${rest}; ${next}`, { cause });
}

/** The file system's code that a program's words stand for, as `{ code }`; undefined when they tell none. */
export function storageFaultIn(said: (pattern: RegExp) => boolean): { readonly code: string } | undefined {
  const code = Object.keys(spoken).find((name) => said(spoken[name]!));
  return code === undefined ? undefined : { code };
}

/** System calls that change something; the others read. */
const writingCalls =
  /^(mkdir|mkdtemp|rename|rm|rmdir|unlink|link|symlink|write|truncate|ftruncate|fsync|copyfile|chmod|utime)$/;

/**
 * What the file system refused somewhere where nobody had a better word for it, as StorageError; undefined for every other error.
 */
export function asStorageError(error: unknown): StorageError | undefined {
  const { syscall, path, code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') {
    const held = 'the folder in which the command runs must be there, and it was removed';
    return new StorageError(`${held}; change into another folder`, { cause: error });
  }
  if (syscall === undefined || path === undefined) return undefined;
  const isWrite = writingCalls.test(syscall);
  const reason = (isWrite ? writeReasons : readReasons)[code] ?? (syscall === 'open' ? writeReasons[code] : undefined);
  if (reason === undefined) return undefined;
  const held = `${path} must be ${isWrite ? 'written' : 'opened'}`;
  return new StorageError(`${held}, and ${reason[0]}; ${reason[1]}`, { cause: error });
}

async function explaining<T>(held: string, reasons: Reasons, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasons[codeOf(error)];
    if (reason === undefined) throw error;
    const [found, next] = reason;
    throw new StorageError(`${held}, and ${found}; ${next}`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
