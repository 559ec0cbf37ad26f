// The import of Kaggle's fer2013.csv: bytes in, packed dataset out.
import { Fer2013Csv, fer2013Size, fer2013Splits } from '../../core/dataset/fer2013-csv.js';
import { expressionLabels } from '../../core/dataset/labels.js';
import { createDataset, maxDatasetBytes } from '../../core/dataset/packed-dataset.js';
import { DatasetError } from '../../core/errors.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { describeBroken, type ImportedDataset } from './broken-samples.js';
import { type ImportFer2013Options, parseImportFer2013 } from './config.js';

const pixelsPerSample = fer2013Size * fer2013Size;
const samplesPerBlock = 4096;

/**
 * Imports the bytes of a fer2013.csv called `name`. `totalBytes` is for progress only. Throws DatasetError naming the lines of
 * broken rows (unless they are skipped), when the header is another, or when no row is left.
 */
export async function importFer2013(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: ImportFer2013Options = {},
  { progress = silentProgress, totalBytes = 0 }: { progress?: Progress; totalBytes?: number } = {},
): Promise<ImportedDataset> {
  const { usage, skipBad } = parseImportFer2013(options);
  const keep = fer2013Splits.map((split) => usage.includes(split));
  const samples = new SampleBlocks();
  const csv = new Fer2013Csv(({ row, label, split, pixels }) => {
    if (keep[split]) samples.add(pixels, label, split, row);
  });
  let bytes = 0;
  for await (const chunk of chunks) {
    try {
      csv.push(chunk);
    } catch (cause) {
      if (!(cause instanceof DatasetError)) throw cause;
      throw new DatasetError(`${name}: ${cause.message}`, { cause });
    }
    bytes += chunk.length;
    progress.update(megabytes(bytes), megabytes(Math.max(bytes, totalBytes)), `MB, ${csv.rows} rows`);
  }
  csv.end();
  progress.finish();
  const problems = csv.problems.map(({ line, problem }) => `line ${line}: ${problem}`);
  if (csv.brokenRows > 0 && !skipBad) throw new DatasetError(describeBroken(name, 'rows', problems, csv.brokenRows));
  if (samples.count === 0) {
    throw new DatasetError(
      `${name} must have good rows with Usage ${usage.join(' or ')} and has none among its ${csv.rows}; choose another --usage`,
    );
  }
  const dataset = createDataset({
    width: fer2013Size,
    height: fer2013Size,
    labels: expressionLabels,
    splitNames: fer2013Splits,
    ...samples.join(),
    source: { kind: 'fer2013-csv', name, brokenRows: csv.brokenRows },
  });
  return { dataset, broken: csv.brokenRows, problems };
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1e6);
}

/** Samples of unknown number in blocks, so that growing copies nothing. */
class SampleBlocks {
  count = 0;
  readonly #blocks: Uint8Array[] = [];
  readonly #classes: number[] = [];
  readonly #splits: number[] = [];
  readonly #rows: number[] = [];

  add(pixels: Uint8Array, label: number, split: number, row: number): void {
    if ((this.count + 1) * pixelsPerSample > maxDatasetBytes) {
      throw new DatasetError(`a dataset must have at most ${maxDatasetBytes} bytes of pixels; split the file`);
    }
    const within = this.count % samplesPerBlock;
    if (within === 0) this.#blocks.push(new Uint8Array(samplesPerBlock * pixelsPerSample));
    this.#blocks[this.#blocks.length - 1]!.set(pixels, within * pixelsPerSample);
    this.#classes.push(label);
    this.#splits.push(split);
    this.#rows.push(row);
    this.count++;
  }

  join(): { pixels: Uint8Array; classes: Uint8Array; splits: Uint8Array; rows: Int32Array } {
    const pixels = new Uint8Array(this.count * pixelsPerSample);
    for (let i = 0; this.#blocks.length > 0; i++) {
      const block = this.#blocks.shift()!;
      const start = i * block.length;
      pixels.set(block.subarray(0, Math.min(block.length, pixels.length - start)), start);
    }
    return {
      pixels,
      classes: Uint8Array.from(this.#classes),
      splits: Uint8Array.from(this.#splits),
      rows: Int32Array.from(this.#rows),
    };
  }
}
