// Contact sheets of an audit: the pictures of each problem in frames of its colour.
import { type PackedDataset, samplePicture } from '../../../core/dataset/packed-dataset.js';
import type { Picture } from '../../../core/image/picture.js';
import { contactSheet } from '../../report/contact-sheet.js';
import type { Finding, Problem } from '../problems.js';

/** With pictures of about 96 pixels and short captions, a sheet is as wide as a report, which then shows it unscaled. */
const columns = 7;
const pictureSidePx = 96;
/** Pictures on a sheet: as many as fit on one page. */
const mostPictures = 12 * columns;

export interface ProblemSheet {
  readonly picture: Picture;
  /** Number of pictures shown, of all with the problem. */
  readonly shown: number;
}

/** The first findings that fit on a sheet; a large one is reduced to a row of pictures. Undefined when nothing was found. */
export function problemSheet(dataset: PackedDataset, { findings, frames }: Problem): ProblemSheet | undefined {
  const cells = [];
  for (const [i, finding] of findings.entries()) {
    const shown = mostDifferent(dataset, finding.samples);
    if (cells.length + shown.length > mostPictures) break;
    const left = finding.samples.length - shown.length;
    for (const [k, { sample, notes }] of shown.entries()) {
      const isLast = k === shown.length - 1;
      cells.push({
        picture: samplePicture(dataset, sample),
        captions: [...captionsOf(dataset, sample), ...notes, ...(isLast && left > 0 ? [`and ${left} more`] : [])],
        frame: frames[i % frames.length]!,
      });
    }
  }
  if (cells.length === 0) return undefined;
  const scale = Math.max(1, Math.round(pictureSidePx / Math.max(dataset.width, dataset.height)));
  return { picture: contactSheet(cells, { columns, scale }), shown: cells.length };
}

/** A row of a finding's samples in order, with samples of different splits and labels first. */
function mostDifferent({ splits, classes }: PackedDataset, samples: Finding['samples']): Finding['samples'] {
  const first = new Map<string, number>();
  for (const { sample } of samples) {
    const kind = `${splits[sample]} ${classes[sample]}`;
    if (!first.has(kind)) first.set(kind, sample);
  }
  const different = new Set(first.values());
  const isDifferent = ({ sample }: Finding['samples'][number]) => different.has(sample);
  const chosen = [...samples.filter(isDifferent), ...samples.filter((entry) => !isDifferent(entry))].slice(0, columns);
  return samples.filter((entry) => chosen.includes(entry));
}

function captionsOf({ rows, splits, splitNames, labels, classes }: PackedDataset, sample: number): string[] {
  return [`${splitNames[splits[sample]!]} ${rows[sample]}`, labels[classes[sample]!]!];
}
