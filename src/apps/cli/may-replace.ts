// --force replaces what the same command wrote before and nothing else: a mistyped --out must not cost somebody's folder.
import { readdir } from 'node:fs/promises';
import { ConfigError } from '../../core/errors.js';

export interface ReplaceOptions {
  readonly out: string;
  readonly force?: boolean | undefined;
  /** What is replaced, for the message: "a dataset". */
  readonly what: string;
  /** Whether the command writes a file of that name. */
  readonly isOwn: (name: string) => boolean;
}

/** Whether the folder `out` may be overwritten. Throws ConfigError when it is forced and holds other files. */
export async function mayReplace({ out, force, what, isOwn }: ReplaceOptions): Promise<boolean> {
  if (!force) return false;
  const there = await readdir(out).catch(() => [] as string[]);
  if (there.every(isOwn)) return true;
  throw new ConfigError(`--force replaces ${what} only, and ${out} holds other files; name another folder`);
}
