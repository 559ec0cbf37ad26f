// Reads FER+ (Barsoum et al. 2016): ten people's votes for every row of fer2013.csv, as Microsoft's fer2013new.csv has them.
import { DatasetError } from '../errors.js';

/** FER+'s classes, in the order of its columns. */
export const ferplusClasses = [
  'neutral',
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
  'contempt',
  'unknown',
  'NF',
] as const;

/** Row i has the votes of row i of fer2013.csv. */
export interface FerplusVotes {
  readonly rows: number;
  /** `[rows, 10]`, votes of each class. */
  readonly votes: Float32Array;
  /** The Usage of each row: its split. */
  readonly usages: readonly string[];
}

/** Columns before the votes: Usage and Image name. Rows are joined by number: removed pictures have no name. */
const leadingColumns = 2;

/** Parses the file. Throws DatasetError, with the line, when the text is not FER+'s file. */
export function readFerplusCsv(text: string): FerplusVotes {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const header = lines[0]?.split(',').map((name) => name.trim()) ?? [];
  if (header.slice(leadingColumns).join() !== ferplusClasses.join()) {
    throw new DatasetError(
      `the votes must be FER+'s fer2013new.csv with the columns Usage, Image name, ${ferplusClasses.join(', ')}, and begin with '${(lines[0] ?? '').slice(0, 80)}'`,
    );
  }
  const rows = lines.length - 1;
  const votes = new Float32Array(rows * ferplusClasses.length);
  const usages: string[] = [];
  for (let row = 0; row < rows; row++) {
    const cells = lines[row + 1]!.split(',');
    const counts = cells.slice(leadingColumns).map((cell) => (/^ *\d{1,3} *$/.test(cell) ? Number(cell) : Number.NaN));
    if (counts.length !== ferplusClasses.length || counts.some(Number.isNaN)) {
      throw new DatasetError(
        `line ${row + 2} of the votes must hold ${ferplusClasses.length} counts and is '${lines[row + 1]!.slice(0, 80)}'; download fer2013new.csv again`,
      );
    }
    votes.set(counts, row * ferplusClasses.length);
    usages.push(cells[0]!.trim());
  }
  return { rows, votes, usages };
}
