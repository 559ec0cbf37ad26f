// Where a run stands: its epochs so far, and the figures of each.

/** One line of metrics.jsonl. Accuracies and precision are 0..1; losses are means (training: with smoothing and penalty). */
export interface EpochFigures {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  readonly trainingLoss: number;
  /** Missing where a sample is not right or wrong. */
  readonly trainingAccuracy?: number | undefined;
  /** Of the averaged weights, where an average is kept, and so are the next two; missing when nothing validates. */
  readonly validationLoss?: number | undefined;
  readonly validationAccuracy?: number | undefined;
  /** Of a detector: average precision on the validation pictures. */
  readonly validationPrecision?: number | undefined;
}

/** Where a run stands; with the engine's state, all that is needed to continue. */
export interface TrainerState {
  /** Epochs that are complete. */
  readonly epoch: number;
  /** Steps done in the epoch under way. */
  readonly stepInEpoch: number;
  /** Sums over those steps. */
  readonly lossSum: number;
  readonly correct: number;
  readonly history: readonly EpochFigures[];
}

export const freshState: TrainerState = { epoch: 0, stepInEpoch: 0, lossSum: 0, correct: 0, history: [] };

/** The epoch of the lowest validation loss, the first on a tie; undefined when none was validated. */
export function lowestLoss<T extends { readonly validationLoss?: number | undefined }>(
  history: readonly T[],
): T | undefined {
  let best: T | undefined;
  for (const epoch of history) {
    if (epoch.validationLoss === undefined) continue;
    if (best?.validationLoss === undefined || epoch.validationLoss < best.validationLoss) best = epoch;
  }
  return best;
}
