import { tableLines } from '../../report/text-table.js';
import type { SetSummary } from '../make-splits.js';

export interface MadeSplits {
  readonly file: string;
  readonly method: string;
  readonly hash: string;
  readonly sets: readonly SetSummary[];
}

/** A table of the sets of a split file; ends with a line end. */
export function describeSplits({ file, method, hash, sets }: MadeSplits): string {
  const classes = Object.keys(sets[0]!.classes);
  const table = tableLines({
    columns: ['set', 'samples', ...classes, 'also in another set'],
    rows: sets.map((set) => [
      set.name,
      ...[set.samples, ...classes.map((label) => set.classes[label]!), set.twinsElsewhere].map(String),
    ]),
  });
  return `${[`${file}: ${method}`, ...table, `hash ${hash}`].join('\n')}\n`;
}
