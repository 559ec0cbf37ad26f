// Verifies an exported model against the trainer's outputs.
import { ModelFormatError } from '../../core/errors.js';
import { argmax } from '../../core/numbers/argmax.js';

/** The largest difference of a probability that counts as rounding. */
export const parityTolerance = 1e-5;

export interface Parity {
  /** The number of compared pictures. */
  readonly n: number;
  /** Largest difference of a probability. */
  readonly maxDifference: number;
  /** Number of pictures with the same class in both. */
  readonly sameClass: number;
}

/** Compares two lists of probabilities, `[n, classes]`. */
export function measureParity(trainer: Float32Array, exported: Float32Array, classes: number): Parity {
  if (trainer.length !== exported.length) {
    throw new RangeError(`measureParity: ${trainer.length} probabilities against ${exported.length}`);
  }
  const n = trainer.length / classes;
  let [maxDifference, sameClass] = [0, 0];
  for (let i = 0; i < trainer.length; i++) {
    // Math.max propagates NaN, which must not pass.
    maxDifference = Math.max(maxDifference, Math.abs(trainer[i]! - exported[i]!));
  }
  for (let i = 0; i < n; i++) {
    if (argmax(trainer, i * classes, classes) === argmax(exported, i * classes, classes)) sameClass++;
  }
  return { n, maxDifference, sameClass };
}

/** Throws ModelFormatError unless every probability agrees to `parityTolerance`, and every class. */
export function requireParity({ n, maxDifference, sameClass }: Parity): void {
  if (maxDifference <= parityTolerance && sameClass === n) return;
  throw new ModelFormatError(
    `an exported model must reproduce the trainer's outputs, every probability to ${parityTolerance} and the same class for all ${n} pictures, and this one differs by up to ${maxDifference.toPrecision(3)} and names another class for ${n - sameClass}; nothing is written; export on the CPU with another version of ONNX Runtime, or report this run`,
  );
}
