// The explore stage: what a dataset holds, in numbers, before anybody trains on it.
import { classCounts } from '../../core/dataset/class-counts.js';
import { lightStatistics } from '../../core/dataset/light-statistics.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { type Distribution, describeDistribution, histogram } from '../../core/metrics/distribution.js';
import type { OriginalPicture } from '../data/import-folder.js';
import { findings } from './findings.js';
import { type PictureKind, pictureKinds } from './picture-sizes.js';

/** Parts into which the histograms divide brightness (0..255) and contrast (0..127.5). */
export const lightBins = 32;
export const lightRange = { brightness: 256, contrast: 128 } as const;
export type LightMeasure = keyof typeof lightRange;
export const lightMeasures: readonly LightMeasure[] = ['brightness', 'contrast'];

/** The samples of one class in one split. Without samples, there are no distributions. */
export interface ClassSummary {
  readonly label: string;
  readonly count: number;
  readonly brightness: Distribution | null;
  readonly contrast: Distribution | null;
}

export interface SplitSummary {
  readonly name: string;
  readonly count: number;
  /** In the order of the labels. */
  readonly classes: readonly ClassSummary[];
  /** Samples in each of `lightBins` equal parts of `lightRange`. */
  readonly histograms: Readonly<Record<LightMeasure, readonly number[]>>;
}

export interface Exploration {
  /** File or folder that the data came from, without its path. */
  readonly name: string;
  readonly count: number;
  /** Size of the packed pictures. */
  readonly width: number;
  readonly height: number;
  readonly hash: string;
  readonly labels: readonly string[];
  /** Those with samples. */
  readonly splits: readonly SplitSummary[];
  /** The pictures as they lay in the folder; null for a packed dataset, which no longer knows. */
  readonly kinds: readonly PictureKind[] | null;
  /** Broken rows or pictures that were left out, and the first of them by name where that is known. */
  readonly broken: number;
  readonly problems: readonly string[];
  /** What a user should know before training, in sentences. */
  readonly findings: readonly string[];
}

/** What is known of a dataset that was read from pictures just now. */
export interface FolderFacts {
  readonly pictures: readonly OriginalPicture[];
  readonly problems: readonly string[];
}

/** Counts and measures the samples. Cost: one pass over the pixels, and sorting a number per sample. */
export function explore(dataset: PackedDataset, folder?: FolderFacts): Exploration {
  const counts = classCounts(dataset);
  const light = lightStatistics(dataset);
  const splits = dataset.splitNames.flatMap((name, split): SplitSummary[] => {
    const count = counts[split]!.reduce((sum, number) => sum + number, 0);
    if (count === 0) return [];
    const values = (measure: LightMeasure, label?: number) =>
      light[measure].filter(
        (_, i) => dataset.splits[i] === split && (label ?? dataset.classes[i]) === dataset.classes[i],
      );
    return [
      {
        name,
        count,
        classes: dataset.labels.map((label, index) => ({
          label,
          count: counts[split]![index]!,
          brightness: describeDistribution(values('brightness', index)),
          contrast: describeDistribution(values('contrast', index)),
        })),
        histograms: {
          brightness: histogram(values('brightness'), { low: 0, high: lightRange.brightness, bins: lightBins }),
          contrast: histogram(values('contrast'), { low: 0, high: lightRange.contrast, bins: lightBins }),
        },
      },
    ];
  });
  const { count, width, height, hash, labels, source } = dataset;
  const kinds = folder === undefined ? null : pictureKinds(folder.pictures);
  const facts = { name: source.name, count, width, height, hash, labels, splits, kinds };
  return { ...facts, broken: source.brokenRows, problems: folder?.problems ?? [], findings: findings(facts) };
}
