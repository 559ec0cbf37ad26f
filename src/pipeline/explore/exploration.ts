// The result of an exploration: the figures of a dataset by split and class.
import type { Distribution } from '../../core/metrics/distribution.js';
import type { PictureKind } from './picture-sizes.js';

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
  /** Size of the packed pictures, pixels. */
  readonly width: number;
  readonly height: number;
  readonly hash: string;
  readonly labels: readonly string[];
  /** Those with samples. */
  readonly splits: readonly SplitSummary[];
  /** The pictures as they are in the folder; null for a packed dataset, which does not store this. */
  readonly kinds: readonly PictureKind[] | null;
  /** Broken rows or pictures that were skipped, and the names of the first ones where known. */
  readonly broken: number;
  readonly problems: readonly string[];
  /** Warnings before training, in sentences. */
  readonly findings: readonly string[];
}
