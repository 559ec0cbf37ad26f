// The messages of an import about broken samples.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';

/** Number of problems that are listed; the rest are counted. */
export const maxProblems = 20;

/** A dataset, how many broken rows or pictures were left out of it, and the first of them with their reasons. */
export interface ImportedDataset {
  readonly dataset: PackedDataset;
  readonly broken: number;
  readonly problems: readonly string[];
}

/** The text of the error that names the broken rows or pictures of `name`. */
export function describeBroken(
  name: string,
  what: 'rows' | 'pictures',
  problems: readonly string[],
  total: number,
): string {
  const more = total > problems.length ? [`and ${total - problems.length} more`] : [];
  const lines = [...problems, ...more].map((line) => `\n  ${line}`).join('');
  const plural = total === 1 ? what.slice(0, -1) : what;
  return `${name} must hold good ${what} only and has ${total} broken ${plural}:${lines}\nRepair them, or leave them out with --skip-bad`;
}
