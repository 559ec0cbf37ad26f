// What a training step takes, and what it gives.

/** One batch, ready for the graph. */
export interface Batch {
  readonly size: number;
  /** Height and width of the crops, pixels; any that the architecture can take (`architecture.ts`: `atSide`). */
  readonly side: number;
  /** `[size, channels, side, side]`, 0..255; bytes for an architecture of three channels. */
  readonly pixels: Float32Array | Uint8Array;
  /** `[size, ...targets]` (objective.ts). For a classifier `[size, classes]`; a row sums to its sample's weight, 1 unless classes are weighted. */
  readonly targets: Float32Array;
  /** Only for a network with an auxiliary head: `[size, kinds]`; a row sums to the weight of that head's loss. */
  readonly votes?: Float32Array | undefined;
  /** One array per mask of the training graph, `[size, ...shape]`. */
  readonly masks: readonly Float32Array[];
}

/** All arrays of a batch: what hands it over from thread to thread. */
export function batchArrays({ pixels, targets, votes, masks }: Batch): (Float32Array | Uint8Array)[] {
  return [pixels, targets, ...(votes === undefined ? [] : [votes]), ...masks];
}

export interface StepResult {
  /** Mean loss of the batch plus the L2 penalty, both before the step. */
  readonly loss: number;
  /** Euclidean norm of all gradients together before clipping; undefined where nothing is clipped. */
  readonly gradientNorm?: number | undefined;
  /** `[size, ...probabilities]` (objective.ts), before the step: for a classifier `[size, classes]`. */
  readonly probabilities: Float32Array;
  /** How long the engine worked on the step, milliseconds; undefined for an engine in its caller's thread. */
  readonly busyMs?: number | undefined;
}
