// Contact sheets of an audit: the pictures of each problem in frames of its colour.
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import type { Picture } from '../../core/image/picture.js';
import { contactSheet } from '../report/contact-sheet.js';
import type { Problem } from './problems.js';

/** Pictures on a sheet: what can be looked at on one page. */
const mostPictures = 96;
const columns = 8;
/** Sheet pixels, about, per side of a picture. */
const pictureSidePx = 96;

export interface ProblemSheet {
  readonly picture: Picture;
  /** Pictures that it shows, of all that have the problem. */
  readonly shown: number;
}

/** The first findings that fit on a sheet, each whole; undefined when nothing was found. */
export function problemSheet(dataset: PackedDataset, { findings, frames }: Problem): ProblemSheet | undefined {
  const cells = [];
  for (const [i, { samples }] of findings.entries()) {
    if (cells.length > 0 && cells.length + samples.length > mostPictures) break;
    for (const { sample, note } of samples.slice(0, mostPictures)) {
      const captions = [place(dataset, sample), dataset.labels[dataset.classes[sample]!]!, note];
      cells.push({
        picture: samplePicture(dataset, sample),
        captions: captions.filter((line) => line !== ''),
        frame: frames[i % frames.length]!,
      });
    }
  }
  if (cells.length === 0) return undefined;
  const scale = Math.max(1, Math.round(pictureSidePx / Math.max(dataset.width, dataset.height)));
  return { picture: contactSheet(cells, { columns, scale }), shown: cells.length };
}

function place({ rows, splits, splitNames }: PackedDataset, sample: number): string {
  return `${splitNames[splits[sample]!]} ${rows[sample]}`;
}
