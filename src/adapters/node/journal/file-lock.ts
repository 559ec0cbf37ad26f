// A lock between processes by a file beside what it guards, as Optuna's journals take it: a link of that name, which only one can make.
import { randomUUID } from 'node:crypto';
import { link, lstat, open, readdir, rename, stat, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writing } from '../storage-error.js';

export interface FileLockOptions {
  /** A lock that nobody changed or released for so long is taken from its holder, who must have died. 30,000 when not given. */
  readonly graceMs?: number;
}

/**
 * Runs `work` while no other process holds `path`.lock. `isHeld` tells whether that is still so: a holder that stood still for
 * longer than the grace may have lost it, and must not write then.
 */
export async function withFileLock<T>(
  path: string,
  work: (isHeld: () => Promise<boolean>) => Promise<T>,
  { graceMs = 30_000 }: FileLockOptions = {},
): Promise<T> {
  const lock = `${path}.lock`;
  await removeRenamed(lock, graceMs);
  await writing(lock, () => acquire(path, lock, graceMs));
  const own = await identityOf(lock);
  const isHeld = async () => own !== undefined && (await identityOf(lock)) === own;
  try {
    return await work(isHeld);
  } finally {
    await remove(lock, own);
  }
}

async function acquire(path: string, lock: string, graceMs: number): Promise<void> {
  let seen: string | undefined;
  let since = performance.now();
  for (let waitMs = 1; !(await take(path, lock)); waitMs = Math.min(20, waitMs * 2)) {
    const [holder, stamp] = await Promise.all([identityOf(lock), stampOf(path)]);
    // Another holder, or one that works.
    if (`${holder} ${stamp}` !== seen) [seen, since] = [`${holder} ${stamp}`, performance.now()];
    if (performance.now() - since > graceMs) {
      await remove(lock, holder);
      seen = undefined;
      waitMs = 0.5;
    } else await sleep(Math.min(waitMs, graceMs));
  }
}

async function take(path: string, lock: string): Promise<boolean> {
  try {
    // The whole path: others follow the link from its own folder.
    await symlink(resolve(path), lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // Windows lets only some users make links.
    if (codeOf(error) !== 'EPERM') throw error;
  }
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** When what the lock guards was last changed: a holder that works changes it. */
async function stampOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** The identity of the lock file, different for every lock that is created. Undefined when there is none. */
async function identityOf(lock: string): Promise<string | undefined> {
  return lstat(lock, { bigint: true }).then(
    ({ ino, mtimeNs }) => `${ino} ${mtimeNs}`,
    () => undefined,
  );
}

/**
 * Removes the lock of that identity only. It is renamed first, which only one process can do, and then compared. A lock that another
 * process has just taken is put back, unless a third one exists by then.
 */
async function remove(lock: string, which: string | undefined): Promise<void> {
  if (which === undefined || (await identityOf(lock)) !== which) return;
  const renamed = `${lock}${randomUUID()}.rename`;
  try {
    await rename(lock, renamed);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await identityOf(renamed)) !== which) await link(renamed, lock).catch(() => undefined);
  await unlink(renamed);
}

const tidied = new Set<string>();

/** Removes what a process left that was killed while it removed a lock; once for each lock. */
async function removeRenamed(lock: string, graceMs: number): Promise<void> {
  if (tidied.has(lock)) return;
  tidied.add(lock);
  for (const name of await readdir(dirname(lock)).catch(() => [] as string[])) {
    if (!name.startsWith(basename(lock)) || !/^[0-9a-f-]{36}\.rename$/.test(name.slice(basename(lock).length)))
      continue;
    const renamed = join(dirname(lock), name);
    const found = await lstat(renamed).catch(() => undefined);
    if (found && Date.now() - found.ctimeMs > graceMs) await unlink(renamed).catch(() => undefined);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
