// The explore stage: figures of a dataset before training.
import { classCounts } from '../../core/dataset/class-counts.js';
import { lightStatistics } from '../../core/dataset/light-statistics.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { describeDistribution, histogram } from '../../core/metrics/distribution.js';
import type { OriginalPicture } from '../data/import-folder.js';
import { type Exploration, type LightMeasure, lightBins, lightRange, type SplitSummary } from './exploration.js';
import { findings } from './findings.js';
import { pictureKinds } from './picture-sizes.js';

/** Facts about a dataset that was just read from pictures. */
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
