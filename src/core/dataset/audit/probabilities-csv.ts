// Reads out-of-fold probabilities that another program wrote: a line per sample, joined by the row in the dataset's source.
import { DatasetError } from '../../errors.js';
import { findLabel } from '../label-names.js';
import type { PackedDataset } from '../packed-dataset.js';

export interface SampleProbabilities {
  /** Indices into the dataset, ascending. */
  readonly indices: Int32Array;
  /** `[indices, classes]` in the order of the dataset's class names, rows sum to 1. */
  readonly probabilities: Float32Array;
}

/** Largest deviation of a row's sum from 1: files often have three digits. */
const tolerance = 0.01;

interface Columns {
  readonly row: number;
  /** -1 when there is none. */
  readonly label: number;
  /** Of each class. */
  readonly classes: readonly number[];
}

/**
 * The columns are `row`, one for each class by its name and, optionally, `label` (name or number), which must equal the dataset's.
 * The file may cover any of the dataset's rows. Throws DatasetError, with the line, for invalid probabilities and for other data.
 */
export function readProbabilitiesCsv(text: string, dataset: PackedDataset): SampleProbabilities {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const columns = readHeader(lines[0] ?? '', dataset.labels);
  const indexOfRow = new Map<number, number>();
  dataset.rows.forEach((row, i) => {
    indexOfRow.set(row, i);
  });
  const found = new Map<number, number[]>();
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line.trim() === '') continue;
    const where = `line ${i + 1} of the probabilities`;
    const cells = line.split(',').map((cell) => cell.trim());
    const index = indexOfRow.get(wholeNumber(cells[columns.row]));
    if (index === undefined) {
      throw new DatasetError(
        `${where} must be for a row of the dataset's source, and there is no row '${cells[columns.row] ?? ''}'; give the probabilities of this data`,
      );
    }
    if (found.has(index)) throw new DatasetError(`${where} is for row ${cells[columns.row]} once more; leave one out`);
    requireLabel(cells[columns.label], dataset, index, where);
    found.set(index, readProbabilities(cells, columns, where));
  }
  if (found.size === 0) throw new DatasetError('the probabilities must be there for some samples, and there are none');
  const indices = Int32Array.from(found.keys()).sort();
  return { indices, probabilities: Float32Array.from([...indices].flatMap((index) => found.get(index)!)) };
}

function readHeader(line: string, labels: readonly string[]): Columns {
  const names = line.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const row = names.findIndex((name) => name.toLowerCase() === 'row');
  const label = names.findIndex((name) => name.toLowerCase() === 'label');
  const classes = labels.map((_, c) => names.findIndex((name) => findLabel(labels, name) === c));
  if (row < 0 || classes.includes(-1)) {
    throw new DatasetError(
      `line 1 of the probabilities must name the columns row, ${labels.join(', ')}, and is '${line.slice(0, 80)}'`,
    );
  }
  return { row, label, classes };
}

function requireLabel(given: string | undefined, { labels, classes }: PackedDataset, index: number, where: string) {
  if (given === undefined) return;
  const label = /^\d+$/.test(given) ? Number(given) : findLabel(labels, given);
  const expected = labels[classes[index]!]!;
  if (labels[label] === expected) return;
  throw new DatasetError(
    `${where} must have the dataset's label, which is ${expected}, and has '${given}'; give the probabilities of this data`,
  );
}

function readProbabilities(cells: readonly string[], { classes }: Columns, where: string): number[] {
  const values = classes.map((column) => {
    const cell = cells[column] ?? '';
    const value = cell === '' ? Number.NaN : Number(cell);
    if (value >= 0 && value <= 1) return value;
    throw new DatasetError(`${where} must hold probabilities, 0..1, and has '${cell}'; write the softmax, not logits`);
  });
  const sum = values.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) <= tolerance) return values.map((value) => value / sum);
  throw new DatasetError(`${where} must hold probabilities that add up to 1, and they add up to ${sum}`);
}

function wholeNumber(cell: string | undefined): number {
  return cell !== undefined && /^\d{1,9}$/.test(cell) ? Number(cell) : Number.NaN;
}
