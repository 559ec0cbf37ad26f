// A lock between processes by a file beside what it guards, as Optuna's journals take it: a link of that name, which only one can make.
import { randomUUID } from 'node:crypto';
import { open, rename, stat, symlink, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writing } from './storage-error.js';

export interface FileLockOptions {
  /** A lock that nobody changed or released for so long is taken from its holder, who must have died. 30,000 when not given. */
  readonly graceMs?: number;
}

/** Runs `work` while no other process holds `path`.lock. */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  { graceMs = 30_000 }: FileLockOptions = {},
): Promise<T> {
  const lock = `${path}.lock`;
  await writing(lock, () => acquire(path, lock, graceMs));
  try {
    return await work();
  } finally {
    await release(lock);
  }
}

async function acquire(path: string, lock: string, graceMs: number): Promise<void> {
  let [seen, since] = [await stampOf(lock), performance.now()];
  for (let waitMs = 1; !(await take(path, lock)); waitMs = Math.min(20, waitMs * 2)) {
    const stamp = await stampOf(lock);
    if (stamp !== seen) [seen, since] = [stamp, performance.now()];
    if (performance.now() - since > graceMs) {
      await release(lock);
      since = performance.now();
      waitMs = 0.5;
    } else await sleep(Math.min(waitMs, graceMs));
  }
}

async function take(path: string, lock: string): Promise<boolean> {
  try {
    await symlink(path, lock);
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

/** When what the lock leads to was last changed: a holder that works changes it. */
async function stampOf(lock: string): Promise<number | undefined> {
  return stat(lock).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** Renamed first, so that of two that release a dead holder's lock, none removes the lock that a third one has just taken. */
async function release(lock: string): Promise<void> {
  const renamed = `${lock}${randomUUID()}.rename`;
  try {
    await rename(lock, renamed);
    await unlink(renamed);
  } catch (error) {
    // Another process took it for a dead holder's.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
