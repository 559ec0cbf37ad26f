// How a detector searches a picture, the same for all detectors that are networks.

export interface FaceSearchOptions {
  /**
   * Lowest score that counts as a face, above 0 and below 1. Default 0.6, which is each network's own threshold: scores of trained
   * detectors are shifted to it.
   */
  readonly minScore?: number;
  /**
   * `quick`, for video: the frame at a size at which no face of usual size is missed. `thorough`, for photographs: all that the
   * picture holds, at several times the cost. `spread`, for small faces in video: what `minFace` needs, spread over several frames
   * where it would take too long. Default `quick`.
   */
  readonly search?: 'quick' | 'thorough' | 'spread';
  /**
   * Width of the smallest face that is wanted, in pixels, from ear to ear as annotations and cascades count it; smaller detections
   * are left out. Default: no limit.
   */
  readonly minFace?: number;
  /** Threads inside one operator; more than 1 is slower for networks this small. Default 1. */
  readonly threads?: number;
}

/**
 * The threshold of every network: scores of trained detectors are shifted to it. It is that of MediaPipe's networks
 * (docs/experiments/detector.md, 'Thresholds and the second check').
 */
export const defaultMinScore = 0.6;

export interface CheckedSearch {
  readonly minScore: number;
  readonly search: NonNullable<FaceSearchOptions['search']>;
  readonly minFace: number | undefined;
}

/** Fills in the defaults. Throws RangeError for a minScore outside 0..1 or a minFace of 0. */
export function checkSearch({
  minScore = defaultMinScore,
  search = 'quick',
  minFace,
}: Omit<FaceSearchOptions, 'threads'>): CheckedSearch {
  if (!(minScore > 0 && minScore < 1)) {
    throw new RangeError(`a detector's minScore must lie between 0 and 1, found ${minScore}`);
  }
  if (minFace !== undefined && !(minFace > 0)) {
    throw new RangeError(`a detector's minFace must be above 0, found ${minFace}`);
  }
  return { minScore, search, minFace };
}
