// FER+'s votes for the samples of a dataset, joined by the rows of fer2013.csv.
import { ferplusClasses, readFerplusCsv } from '../../core/dataset/ferplus-csv.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { DatasetError } from '../../core/errors.js';

/** Votes of each kind, `[count, kinds]`. Throws DatasetError when the votes are not FER+'s or not those of the dataset's rows. */
export function votesOfSamples(dataset: PackedDataset, text: string): Float32Array {
  if (dataset.source.kind !== 'fer2013-csv') {
    throw new DatasetError(
      `votes are for datasets imported from fer2013.csv, and this one comes from ${dataset.source.kind}; leave the votes out`,
    );
  }
  const { rows, votes, usages } = readFerplusCsv(text);
  const kinds = ferplusClasses.length;
  const last = dataset.rows.reduce((largest, row) => Math.max(largest, row), 0);
  if (last >= rows) {
    throw new DatasetError(
      `the votes must reach to row ${last} of the dataset and end with row ${rows - 1}; give the file of the whole dataset`,
    );
  }
  const ofSamples = new Float32Array(dataset.count * kinds);
  dataset.rows.forEach((row, i) => {
    const split = dataset.splitNames[dataset.splits[i]!]!;
    if (usages[row] !== split) {
      throw new DatasetError(
        `the votes must be of the dataset's rows, and row ${row} is of ${split} in the dataset and of ${usages[row]} in the votes (line ${row + 2}); give FER+'s own fer2013new.csv`,
      );
    }
    ofSamples.set(votes.subarray(row * kinds, (row + 1) * kinds), i * kinds);
  });
  return ofSamples;
}
