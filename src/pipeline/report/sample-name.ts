// The caption of a sample's picture.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';

/** Longest file name in characters: as wide as 48 pixels enlarged twice. */
const nameLength = 16;

/** The end of its file's name, or its row in the source, from 0. */
export function sampleName({ rows, source }: PackedDataset, index: number): string {
  const row = rows[index]!;
  const file = source.files?.[row]?.split('/').at(-1);
  if (file === undefined) return `row ${row}`;
  return file.length <= nameLength ? file : `...${file.slice(3 - nameLength)}`;
}
