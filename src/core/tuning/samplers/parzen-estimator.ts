// A Parzen estimator: the density of parameters as a mixture with a kernel at each observed trial and a wide one for what is
// not known yet (Bergstra et al. 2011; the rules of Optuna 5, as Watanabe 2023 describes them).
import type { Random } from '../../numbers/random.js';
import type { CategoricalDistribution, NumericalDistribution, Space } from '../journal/distribution.js';
import { logNormalDensity, logNormalMass } from './normal-distribution.js';

/** One parameter's kernels. Numbers are internal: values, or indices of choices. */
interface Kernels {
  draw(kernel: number, random: Random): number;
  /** Adds each kernel's log density (or probability) at `x` to `sums`. */
  addLogDensities(x: number, sums: Float64Array): void;
}

export class ParzenEstimator {
  /** Each kernel's share; they add up to 1. The last kernel is the prior. */
  readonly weights: Float64Array;
  readonly #logWeights: Float64Array;
  readonly #sums: Float64Array;
  readonly #kernels: readonly Kernels[];

  /**
   * `observations`: a column for each parameter of the space, of internal numbers, oldest trial first.
   */
  constructor(space: Space, observations: readonly Float64Array[]) {
    const count = observations[0]?.length ?? 0;
    this.weights = normalised([...ageWeights(count), 1]);
    this.#logWeights = this.weights.map(Math.log);
    this.#sums = new Float64Array(this.weights.length);
    this.#kernels = [...space.values()].map((distribution, i) => {
      const column = observations[i] ?? new Float64Array();
      return distribution.kind === 'categorical'
        ? new CategoricalKernels(distribution, column)
        : new NumericalKernels(distribution, column);
    });
  }

  /** Internal numbers, one for each parameter. */
  draw(random: Random): Float64Array {
    let rest = random.next();
    let kernel = 0;
    while (kernel < this.weights.length - 1 && rest >= this.weights[kernel]!) rest -= this.weights[kernel++]!;
    return Float64Array.from(this.#kernels, (kernels) => kernels.draw(kernel, random));
  }

  /** log of the density at a point of internal numbers, one for each parameter. */
  logDensity(point: Float64Array): number {
    const sums = this.#sums;
    sums.set(this.#logWeights);
    this.#kernels.forEach((kernels, i) => {
      kernels.addLogDensities(point[i]!, sums);
    });
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < sums.length; i++) if (sums[i]! > most) most = sums[i]!;
    if (most === Number.NEGATIVE_INFINITY) return most;
    let total = 0;
    // What is below the last digit of the greatest changes nothing.
    for (let i = 0; i < sums.length; i++) if (sums[i]! > most - 50) total += Math.exp(sums[i]! - most);
    return most + Math.log(total);
  }
}

/** The newest 25 trials weigh 1, older ones less, down to 1 / count. */
export function ageWeights(count: number): number[] {
  const full = 25;
  if (count <= full) return new Array(count).fill(1);
  const old = count - full;
  const ramp = Array.from({ length: old }, (_, i) =>
    old === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * i) / (old - 1),
  );
  return [...ramp, ...new Array(full).fill(1)];
}

/**
 * Centres and bandwidths of the kernels of numbers, on the scale that is searched (the logarithm, where it is), and the
 * observations in ascending order. The last kernel is the prior's.
 */
export function numericalKernels(distribution: NumericalDistribution, observed: Float64Array) {
  const [low, high] = searchedRange(distribution);
  const count = observed.length;
  const centres = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) centres[i] = distribution.log ? Math.log(observed[i]!) : observed[i]!;
  centres[count] = (low + high) / 2;
  const bandwidths = new Float64Array(count + 1).fill(high - low);
  const sorted = centres.slice(0, count).sort();
  const order = orderOf(centres, sorted);
  const least = (high - low) / Math.min(100, count + 2);
  for (let rank = 0; rank < count; rank++) {
    // As far as the farther neighbour. The outermost ones look inwards only, so that kernels at a border do not get wide.
    const below = rank > 0 ? sorted[rank]! - sorted[rank - 1]! : count > 1 ? 0 : sorted[0]! - low;
    const above = rank < count - 1 ? sorted[rank + 1]! - sorted[rank]! : count > 1 ? 0 : high - sorted[0]!;
    bandwidths[order[rank]!] = Math.min(high - low, Math.max(least, below, above));
  }
  return { centres, bandwidths, order };
}

/** The place of each sorted value in `values`; equal ones in their order. Sorting numbers alone is much faster than by a function. */
function orderOf(values: Float64Array, sorted: Float64Array): Uint32Array {
  const next = new Map<number, number>();
  for (let rank = sorted.length - 1; rank >= 0; rank--) next.set(sorted[rank]!, rank);
  const order = new Uint32Array(sorted.length);
  for (let i = 0; i < sorted.length; i++) {
    const rank = next.get(values[i]!)!;
    order[rank] = i;
    next.set(values[i]!, rank + 1);
  }
  return order;
}

class NumericalKernels implements Kernels {
  readonly #distribution: NumericalDistribution;
  readonly #range: readonly [low: number, high: number];
  readonly #centres: Float64Array;
  readonly #bandwidths: Float64Array;
  readonly #masses: SteppedMasses | undefined;
  /** log of what each kernel's density is divided by: its mass within the range, and its bandwidth. Of stepped values each distinct kernel's mass. */
  readonly #logNorms: Float64Array;

  constructor(distribution: NumericalDistribution, observed: Float64Array) {
    const { centres, bandwidths, order } = numericalKernels(distribution, observed);
    const [low, high] = searchedRange(distribution);
    this.#distribution = distribution;
    this.#range = [low, high];
    this.#centres = centres;
    this.#bandwidths = bandwidths;
    this.#masses = distribution.step === null ? undefined : new SteppedMasses(centres, bandwidths, order);
    this.#logNorms =
      this.#masses?.between(low, high) ??
      centres.map((centre, i) => {
        const width = bandwidths[i]!;
        return logNormalMass((low - centre) / width, (high - centre) / width) + Math.log(width);
      });
  }

  draw(kernel: number, random: Random): number {
    const [low, high] = this.#range;
    // A kernel's centre is within the range and it is not wider than it: at least a third of its mass is inside.
    let x: number;
    do x = this.#centres[kernel]! + this.#bandwidths[kernel]! * random.normal();
    while (x < low || x > high);
    return nearestValue(this.#distribution, this.#distribution.log ? Math.exp(x) : x);
  }

  addLogDensities(value: number, sums: Float64Array): void {
    const { step, log } = this.#distribution;
    const scaled = (x: number) => (log ? Math.log(x) : x);
    if (this.#masses && step !== null) {
      const { which } = this.#masses;
      const masses = this.#masses.around(value, scaled(value - step / 2), scaled(value + step / 2));
      for (let i = 0; i < sums.length; i++) sums[i]! += masses[which[i]!]! - this.#logNorms[which[i]!]!;
      return;
    }
    const x = scaled(value);
    for (let i = 0; i < sums.length; i++) {
      sums[i]! += logNormalDensity((x - this.#centres[i]!) / this.#bandwidths[i]!) - this.#logNorms[i]!;
    }
  }
}

/** log masses of kernels between two ends. Stepped values repeat, and with them kernels and ends: each pair is computed once. */
class SteppedMasses {
  /** Centre and bandwidth of kernels that differ, and which of them each kernel is. */
  readonly #distinct: (readonly [centre: number, bandwidth: number])[] = [];
  readonly which: Uint32Array;
  readonly #known = new Map<number, Float64Array>();

  constructor(centres: Float64Array, bandwidths: Float64Array, order: Uint32Array) {
    this.which = new Uint32Array(centres.length);
    // Equal ones are neighbours in the order; the prior, which is not in it, comes last.
    for (let rank = 0; rank < centres.length; rank++) {
      const kernel = order[rank] ?? rank;
      const [centre, width] = [centres[kernel]!, bandwidths[kernel]!];
      const newest = this.#distinct.at(-1);
      const isKnown = newest !== undefined && newest[0] === centre && newest[1] === width;
      if (!isKnown) this.#distinct.push([centre, width]);
      this.which[kernel] = this.#distinct.length - 1;
    }
  }

  /** Of each distinct kernel, around a stepped value. */
  around(value: number, left: number, right: number): Float64Array {
    const known = this.#known.get(value);
    if (known) return known;
    const masses = this.between(left, right);
    this.#known.set(value, masses);
    return masses;
  }

  /** Of each distinct kernel. */
  between(left: number, right: number): Float64Array {
    const masses = new Float64Array(this.#distinct.length);
    for (let i = 0; i < masses.length; i++) {
      const [centre, width] = this.#distinct[i]!;
      masses[i] = logNormalMass((left - centre) / width, (right - centre) / width);
    }
    return masses;
  }
}

class CategoricalKernels implements Kernels {
  readonly #choices: number;
  readonly #observed: Float64Array;

  constructor({ choices }: CategoricalDistribution, observed: Float64Array) {
    this.#choices = choices.length;
    this.#observed = observed;
  }

  draw(kernel: number, random: Random): number {
    const { other, same } = this.#probabilities();
    const seen = this.#observed[kernel];
    if (seen !== undefined && random.next() < same - other) return seen;
    return random.integer(this.#choices);
  }

  addLogDensities(x: number, sums: Float64Array): void {
    const { other, same } = this.#probabilities();
    const [logSame, logOther] = [Math.log(same), Math.log(other)];
    for (let i = 0; i < this.#observed.length; i++) sums[i]! += this.#observed[i] === x ? logSame : logOther;
    sums[sums.length - 1]! -= Math.log(this.#choices);
  }

  /** Of an observed choice and of each other one, in any kernel but the prior. */
  #probabilities() {
    const share = 1 / (this.#observed.length + 1);
    const total = 1 + this.#choices * share;
    return { same: (1 + share) / total, other: share / total };
  }
}

/** The ends between which a kernel may lie: half a step outside of stepped values; logarithms, where they are searched. */
function searchedRange({ low, high, step, log }: NumericalDistribution): [low: number, high: number] {
  const margin = (step ?? 0) / 2;
  return log ? [Math.log(low - margin), Math.log(high + margin)] : [low - margin, high + margin];
}

/** The allowed value that is nearest to a number. */
export function nearestValue({ low, high, step }: NumericalDistribution, x: number): number {
  const stepped = step === null ? x : low + Math.round((x - low) / step) * step;
  return Math.min(high, Math.max(low, stepped));
}

function normalised(weights: number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight) => weight / total);
}
