// How one person shows each expression, learnt from a few pictures: prototypes over the network's pooled features (Snell et al. 2017,
// with cosines as in Chen et al. 2019), standardised by the person's own pictures, so that what is the same in all of them, the face, counts for nothing.
import { ConfigError } from '../errors.js';

/** A taught picture as the network sees it. */
export interface TaughtLook {
  /** Index of the class. */
  readonly label: number;
  /** Of the picture and of what it stands for, pooled features each. */
  readonly embeddings: readonly ArrayLike<number>[];
}

/** How far cosines of the features of one person's expressions lie apart: a prototype 0.1 nearer is e times as probable. */
const TEMPERATURE = 0.1;
/** Share of the prototypes' say within the classes that were taught; the rest is the general model's. */
export const usualWeight = 0.8;
/** Least deviation of a feature, in usual ones: a feature that never varied in a few pictures tells nothing of others. */
const LEAST_DEVIATION = 0.3;

export class PersonalCalibration {
  readonly #mean: Float64Array;
  readonly #deviation: Float64Array;
  /** Unit vectors, by class. */
  readonly #prototypes: ReadonlyMap<number, Float64Array>;
  /** Share of the prototypes' say, 0..1. */
  readonly weight: number;

  private constructor(
    mean: Float64Array,
    deviation: Float64Array,
    prototypes: ReadonlyMap<number, Float64Array>,
    weight: number,
  ) {
    this.#mean = mean;
    this.#deviation = deviation;
    this.#prototypes = prototypes;
    this.weight = weight;
  }

  /** Throws ConfigError unless two classes at least are there: one alone has nothing to be told from. */
  static learn(looks: readonly TaughtLook[], weight = usualWeight): PersonalCalibration {
    const labels = [...new Set(looks.map(({ label }) => label))];
    if (labels.length < 2) throw new ConfigError(`at least two expressions must be taught, found ${labels.length}`);
    const { mean, deviation } = momentsOf(looks.flatMap(({ embeddings }) => embeddings));
    const scaled = (embedding: ArrayLike<number>) => standardised(embedding, mean, deviation);
    const prototypes = labels.map((label) => {
      const own = looks.filter((look) => look.label === label).flatMap(({ embeddings }) => embeddings.map(scaled));
      return [label, unit(own.reduce((sum, vector) => sum.map((value, i) => value + vector[i]!)))] as const;
    });
    return new PersonalCalibration(mean, deviation, new Map(prototypes), weight);
  }

  /** Classes that were taught. */
  get labels(): readonly number[] {
    return [...this.#prototypes.keys()];
  }

  /** Cosine to each taught class's prototype. */
  cosines(embedding: ArrayLike<number>): Map<number, number> {
    const vector = standardised(embedding, this.#mean, this.#deviation);
    return new Map([...this.#prototypes].map(([label, prototype]) => [label, dot(vector, prototype)]));
  }

  /**
   * The probabilities of this person's face. Among the classes that were taught they are shared out anew; together they keep
   * what the general model gave them. Where that one is for a class that was not taught, it stands: there nothing gets worse.
   */
  adapt(probabilities: ArrayLike<number>, embedding: ArrayLike<number>): Float32Array {
    // Nothing is computed for what stands anyway.
    if (!this.#prototypes.has(largest(probabilities))) return Float32Array.from(probabilities);
    return sharedOut(probabilities, this.cosines(embedding), this.weight);
  }
}

/** Shares the probability of the taught classes out among them, by what both say of each. */
export function sharedOut(
  probabilities: ArrayLike<number>,
  cosines: ReadonlyMap<number, number>,
  weight: number,
): Float32Array {
  const general = Float32Array.from(probabilities);
  if (!cosines.has(largest(general))) return general;
  const shares = [...cosines].map(([label, cosine]) => {
    const log = (1 - weight) * Math.log(Math.max(1e-6, general[label]!)) + (weight * cosine) / TEMPERATURE;
    return [label, log] as const;
  });
  const most = Math.max(...shares.map(([, log]) => log));
  const weights = shares.map(([label, log]) => [label, Math.exp(log - most)] as const);
  const total = weights.reduce((sum, [, share]) => sum + share, 0);
  const mass = shares.reduce((sum, [label]) => sum + general[label]!, 0);
  for (const [label, share] of weights) general[label] = (mass * share) / total;
  return general;
}

/** Cosine of two classes' prototypes for each pair that is hard to tell apart. */
export function alikePairs(looks: readonly TaughtLook[], limit = 0.6): { labels: [number, number]; cosine: number }[] {
  const { mean, deviation } = momentsOf(looks.flatMap(({ embeddings }) => embeddings));
  const labels = [...new Set(looks.map(({ label }) => label))];
  const prototypes = labels.map((label) => {
    const own = looks.filter((look) => look.label === label).flatMap(({ embeddings }) => embeddings);
    return unit(
      own
        .map((one) => standardised(one, mean, deviation))
        .reduce((sum, vector) => sum.map((value, i) => value + vector[i]!)),
    );
  });
  return labels.flatMap((label, i) =>
    labels.slice(i + 1).flatMap((other, j) => {
      const cosine = dot(prototypes[i]!, prototypes[i + 1 + j]!);
      return cosine > limit ? [{ labels: [label, other] as [number, number], cosine }] : [];
    }),
  );
}

export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

function momentsOf(embeddings: readonly ArrayLike<number>[]): { mean: Float64Array; deviation: Float64Array } {
  const size = embeddings[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const embedding of embeddings) for (let i = 0; i < size; i++) mean[i]! += embedding[i]! / embeddings.length;
  const deviation = new Float64Array(size);
  for (const embedding of embeddings) {
    for (let i = 0; i < size; i++) deviation[i]! += (embedding[i]! - mean[i]!) ** 2 / embeddings.length;
  }
  for (let i = 0; i < size; i++) deviation[i] = Math.sqrt(deviation[i]!);
  const usual = deviation.reduce((sum, value) => sum + value, 0) / size;
  // All pictures the same, which teaching refuses: no division by nothing here either.
  const least = Math.max(LEAST_DEVIATION * usual, 1e-9);
  return { mean, deviation: deviation.map((value) => Math.max(least, value)) };
}

/** Standardised, and of length 1. */
function standardised(embedding: ArrayLike<number>, mean: Float64Array, deviation: Float64Array): Float64Array {
  return unit(mean.map((value, i) => (embedding[i]! - value) / deviation[i]!));
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
