// Names of what is written beside its place, and what becomes of it when its process is killed before the rename.
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Process numbers say nothing of another machine's or container's processes. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** Host and process stand in the name; names of former versions had a random number only. */
const form = /^\.(.+)\.(?:([0-9a-f]{8})-(\d+)-)?[0-9a-f]{12}\.(part|replaced)$/;
/** What another machine left, or a former version: nothing takes longer to write. */
const staleMs = 86_400_000;
/** Between two renames lie microseconds, of a busy machine a moment. */
const mostWaitMs = 2000;

/** A hidden name for what is being written to `path`. */
export function besideName(path: string): string {
  return name(path, 'part');
}

/** A hidden name for the folder at `path` while another takes its place. */
export function replacedName(path: string): string {
  return name(path, 'replaced');
}

function name(path: string, kind: 'part' | 'replaced'): string {
  const writer = `${host}-${process.pid}-${randomBytes(6).toString('hex')}`;
  return join(dirname(path), `.${basename(path)}.${writer}.${kind}`);
}

/** Whether it is such a name: never listed. */
export function isUnfinished(file: string): boolean {
  return form.test(file);
}

const swept = new Set<string>();

/**
 * Removes from a folder what processes that are gone left unfinished in it, once per process and folder. A replaced folder goes back
 * to its place when there is none. What cannot be removed stays.
 */
export async function sweepLeftovers(folder: string): Promise<void> {
  if (swept.has(folder)) return;
  swept.add(folder);
  for (const file of await readdir(folder).catch(() => [] as string[])) {
    const [, target, writerHost, pid, kind] = form.exec(file) ?? [];
    if (target === undefined || !(await isLeft(join(folder, file), writerHost, pid))) continue;
    if (kind === 'replaced') await restoreFolder(join(folder, target)).catch(() => false);
    await rm(join(folder, file), { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Puts a folder back that was about to be replaced when its process was killed; waits a moment for a process that is just replacing it.
 * Returns whether the folder is there after that. Does nothing when it was there.
 */
export async function restoreFolder(path: string): Promise<boolean> {
  for (const begin = performance.now(); ; await sleep(5)) {
    if (await exists(path)) return true;
    const siblings = await readdir(dirname(path)).catch(() => [] as string[]);
    const own = siblings.filter((file) => {
      const match = form.exec(file);
      return match?.[1] === basename(path) && match[4] === 'replaced';
    });
    const [replaced] = own;
    if (replaced === undefined) return exists(path);
    const old = join(dirname(path), replaced);
    const [, , writerHost, pid] = form.exec(replaced)!;
    if ((await isLeft(old, writerHost, pid)) || performance.now() - begin > mostWaitMs) {
      await rename(old, path).catch(ignoreGone);
    }
  }
}

/** Whoever wrote it is gone. */
async function isLeft(path: string, writerHost: string | undefined, pid: string | undefined): Promise<boolean> {
  if (writerHost === host && !isRunning(Number(pid))) return true;
  const found = await stat(path).catch(() => undefined);
  // Of a folder, its last renaming.
  return found !== undefined && Date.now() - found.ctimeMs > staleMs;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Somebody else was quicker. */
function ignoreGone(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
}
