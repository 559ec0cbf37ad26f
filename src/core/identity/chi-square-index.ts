// Chi-square distances from one histogram to many at once, with the sums in the order (and so the bits) of OpenCV's
// compareHist(HISTCMP_CHISQR_ALT): 2 x sum of (a - b)^2 / (a + b) over the bins, first to last.
const { fround } = Math;
// C's DBL_EPSILON: OpenCV skips bins whose two values add up to no more.
const doubleEpsilon = 2 ** -52;

/** A histogram without its zeros: `bins` rising, `values` above zero (32-bit floats). */
export interface SparseHistogram {
  readonly bins: Uint32Array;
  readonly values: Float32Array;
}

/** The histogram's non-zero bins. */
export function toSparse(histogram: Float32Array): SparseHistogram {
  let count = 0;
  for (let i = 0; i < histogram.length; i++) if (histogram[i] !== 0) count++;
  const bins = new Uint32Array(count);
  const values = new Float32Array(count);
  for (let i = 0, o = 0; i < histogram.length; i++) {
    if (histogram[i] === 0) continue;
    bins[o] = i;
    values[o++] = histogram[i]!;
  }
  return { bins, values };
}

/**
 * An inverted index: for each bin, the histograms with a value there. Going bin by bin keeps the order of every sum,
 * accumulates the sums of all histograms together, and skips the four fifths of the bins that are empty in a face.
 */
export class ChiSquareIndex {
  readonly #count: number;
  readonly #starts: Uint32Array;
  readonly #owners: Uint32Array;
  readonly #values: Float32Array;
  readonly #terms: Float64Array;

  constructor(histograms: readonly SparseHistogram[], binCount: number) {
    this.#count = histograms.length;
    this.#terms = new Float64Array(histograms.length);
    const starts = new Uint32Array(binCount + 1);
    for (const { bins, values } of histograms) {
      for (let i = 0; i < bins.length; i++) if (values[i]! > doubleEpsilon) starts[bins[i]! + 1]!++;
    }
    for (let bin = 0; bin < binCount; bin++) starts[bin + 1] = starts[bin + 1]! + starts[bin]!;
    const next = starts.slice();
    this.#owners = new Uint32Array(starts[binCount]!);
    this.#values = new Float32Array(starts[binCount]!);
    histograms.forEach(({ bins, values }, owner) => {
      for (let i = 0; i < bins.length; i++) {
        if (values[i]! <= doubleEpsilon) continue;
        const place = next[bins[i]!]!++;
        this.#owners[place] = owner;
        this.#values[place] = values[i]!;
      }
    });
    this.#starts = starts;
  }

  /** The distance from `histogram` (all its bins) to each histogram of the index. */
  distances(histogram: Float32Array): Float64Array {
    const sums = new Float64Array(this.#count);
    const starts = this.#starts;
    for (let bin = 0; bin < histogram.length; bin++) {
      const a = histogram[bin]!;
      if (a <= doubleEpsilon) this.#addWhereProbeIsZero(sums, starts[bin]!, starts[bin + 1]!);
      else this.#addTerms(sums, a, starts[bin]!, starts[bin + 1]!);
    }
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! * 2;
    return sums;
  }

  /** b^2 / b is b, without rounding. */
  #addWhereProbeIsZero(sums: Float64Array, start: number, end: number): void {
    const owners = this.#owners;
    const values = this.#values;
    for (let i = start; i < end; i++) {
      const owner = owners[i]!;
      sums[owner] = sums[owner]! + values[i]!;
    }
  }

  /** Histograms without the bin add a^2 / a = a; one pass over all without a branch is faster than selecting them. */
  #addTerms(sums: Float64Array, a: number, start: number, end: number): void {
    const owners = this.#owners;
    const values = this.#values;
    const terms = this.#terms;
    terms.fill(a);
    for (let i = start; i < end; i++) {
      const b = values[i]!;
      const difference = fround(a - b);
      terms[owners[i]!] = (difference * difference) / fround(a + b);
    }
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + terms[i]!;
  }
}
