// Finds invalid probabilities: figures computed from logits or percentages would look plausible and be meaningless.

/** Largest deviation of a sum of float32 probabilities from 1. */
const tolerance = 1e-3;

/**
 * The first row of `[n, classes]` that does not hold probabilities, and its fault, worded to follow "the probabilities of
 * sample i"; undefined when all rows are valid.
 */
export function findImprobable(
  probabilities: ArrayLike<number>,
  classes: number,
): { readonly sample: number; readonly fault: string } | undefined {
  for (let sample = 0; sample * classes < probabilities.length; sample++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const value = probabilities[sample * classes + c]!;
      // Written so that NaN is refused too.
      if (!(value >= 0 && value <= 1 + tolerance)) return { sample, fault: `must be 0..1, and one is ${value}` };
      sum += value;
    }
    if (Math.abs(sum - 1) > tolerance) return { sample, fault: `must add up to 1, and add up to ${sum}` };
  }
  return undefined;
}
