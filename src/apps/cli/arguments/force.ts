// `--force` replaces what the same command wrote before and nothing else: a mistyped --out must not cost somebody's folder.
import { readdir } from 'node:fs/promises';
import { Option } from 'commander';
import { datasetFiles, descriptionFile } from '../../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../../core/errors.js';
import { leftOutFile } from '../../../pipeline/audit/clean-dataset.js';

/** `what` is replaced: "the report at --out". */
export function forceOption(what: string): Option {
  return new Option('--force', `replace ${what}`);
}

export interface ReplaceOptions {
  readonly out: string;
  readonly force?: boolean | undefined;
  /** What is replaced, for the message: "a dataset". */
  readonly what: string;
  /** Whether the command writes a file of that name. */
  readonly isOwn: (name: string) => boolean;
  /** A file that every folder of the command has, where the other names alone do not identify it. */
  readonly mark?: string;
}

/** Whether a packed dataset's folder has a file of that name; a cleaned copy has its log too. */
export function isDatasetFile(name: string): boolean {
  return [descriptionFile, ...Object.values(datasetFiles), leftOutFile].includes(name);
}

/** Whether the folder `out` may be overwritten. Throws ConfigError when it is forced and holds other files. */
export async function mayReplace({ out, force, what, isOwn, mark }: ReplaceOptions): Promise<boolean> {
  if (!force) return false;
  const there = await readdir(out).catch(() => [] as string[]);
  const isMarked = mark === undefined || there.length === 0 || there.includes(mark);
  if (isMarked && there.every(isOwn)) return true;
  throw new ConfigError(`--force replaces ${what} only, and ${out} holds other files; name another folder`);
}
