// Which samples train and which validate.
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import type { TrainConfig } from './config.js';

export interface ChosenSamples {
  readonly training: Int32Array;
  readonly validation: Int32Array;
  /** Training pictures left out because a validation picture is pixel-identical. */
  readonly excludedDuplicates: number;
}

/** Throws DatasetError when a split is not there. */
export function chooseSamples(dataset: PackedDataset, config: TrainConfig): ChosenSamples {
  const training = splitIndices(dataset, config.trainingSplit);
  const validation = splitIndices(dataset, (config.validation as { split: string }).split);
  if (!config.excludeDuplicates) return { training, validation, excludedDuplicates: 0 };
  const size = dataset.width * dataset.height;
  const key = (i: number) => {
    let [a, b] = [1, 7];
    for (let k = i * size; k < (i + 1) * size; k++) {
      a = Math.imul(a ^ dataset.pixels[k]!, 16777619);
      b = Math.imul(b + dataset.pixels[k]!, 0x5bd1e995) ^ (b >>> 15);
    }
    return `${a},${b}`;
  };
  const seen = new Set(Array.from(validation, key));
  const kept = training.filter((i) => !seen.has(key(i)));
  return { training: kept, validation, excludedDuplicates: training.length - kept.length };
}
