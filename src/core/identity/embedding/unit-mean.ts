/** The mean of vectors of one length, as its direction and its length. */
export interface UnitMean {
  /** Of unit length. */
  readonly direction: Float32Array;
  /** Of unit vectors 1 when all are the same, less the more they differ. */
  readonly length: number;
}

/** Throws RangeError when there are none, or their mean is 0 and has no direction. */
export function unitMean(vectors: readonly Float32Array[]): UnitMean {
  const sums = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + vector[i]!;
  const length = Math.hypot(...sums);
  if (!(length > 0)) throw new RangeError('unitMean: the vectors must have a mean other than 0');
  return { direction: Float32Array.from(sums, (sum) => sum / length), length: length / vectors.length };
}
