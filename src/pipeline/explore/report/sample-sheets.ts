// Sheets of pictures from a dataset: samples of each class, and the classes' mean faces.
import { meanFace } from '../../../core/dataset/mean-face.js';
import { type PackedDataset, samplePicture } from '../../../core/dataset/packed-dataset.js';
import { stratifiedSubset } from '../../../core/dataset/stratified-subset.js';
import { contactSheet, sheetScale } from '../../report/contact-sheet.js';
import type { NamedSheet } from '../../report/report-files.js';
import { sampleName } from '../../report/sample-name.js';
import type { ExploreConfig } from '../config.js';

/** A sheet per class that has samples, drawn from all splits with the seed. */
export function* sampleSheets(dataset: PackedDataset, { samples, seed }: ExploreConfig): Generator<NamedSheet> {
  for (const [index, label] of dataset.labels.entries()) {
    const all = indicesOf(dataset, index);
    if (all.length === 0) continue;
    const drawn = stratifiedSubset(dataset, all, { count: samples, seed });
    const cells = Array.from(drawn, (i) => ({
      picture: samplePicture(dataset, i),
      captions: [sampleName(dataset, i)],
    }));
    yield {
      file: `samples-${index}-${fileName(label)}`,
      title: label,
      caption: `${drawn.length.toLocaleString('en')} of ${all.length.toLocaleString('en')} samples, drawn with seed ${seed}; under each, ${dataset.source.files ? 'its file' : 'its row in the source, from 0'}.`,
      picture: contactSheet(cells, { columns: 7, scale: sheetScale(dataset.width, 2) }),
    };
  }
}

/** The mean face of every class that has samples, on one sheet. */
export function meanFaceSheet(dataset: PackedDataset): NamedSheet {
  const cells = dataset.labels.flatMap((label, index) => {
    const all = indicesOf(dataset, index);
    if (all.length === 0) return [];
    return [{ picture: meanFace(dataset, all), captions: [label, `n = ${all.length.toLocaleString('en')}`] }];
  });
  return {
    file: 'mean-faces',
    title: 'Mean faces',
    caption: "The mean of all of a class's samples, in all splits: what they have in common, and how the faces lie.",
    picture: contactSheet(cells, { columns: 4, scale: sheetScale(dataset.width, 3), enlargement: 'bilinear' }),
  };
}

function indicesOf({ classes }: PackedDataset, label: number): Int32Array {
  const indices: number[] = [];
  classes.forEach((one, i) => {
    if (one === label) indices.push(i);
  });
  return Int32Array.from(indices);
}

/** Class names come from the user: only letters, digits and hyphens go into a file's name. The class's number keeps it unique. */
function fileName(label: string): string {
  return label.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40);
}
