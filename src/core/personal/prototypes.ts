// One person's prototypes: for each expression the mean direction of its pictures' features, standardised by all pictures.

/** A personal example as the network's features. */
export interface EmbeddedExample {
  /** Index of the class. */
  readonly label: number;
  /** Pooled features: of the picture itself first, then of its augmented copies. */
  readonly embeddings: readonly ArrayLike<number>[];
}

/** Least standard deviation of a feature, as a share of the mean one: no variation in a few pictures may be chance. */
const LEAST_DEVIATION = 0.3;

/** The prototypes of several classes; none for a single class, which has nothing to be compared with. */
export class Prototypes {
  readonly #moments: Moments;
  /** Unit vectors, by class. */
  readonly #vectors: ReadonlyMap<number, Float64Array>;

  private constructor(moments: Moments, vectors: ReadonlyMap<number, Float64Array>) {
    this.#moments = moments;
    this.#vectors = vectors;
  }

  static learn(examples: readonly EmbeddedExample[]): Prototypes {
    const moments = momentsOf(examples.flatMap(({ embeddings }) => embeddings));
    const sums = new Map<number, Float64Array>();
    for (const { label, embeddings } of examples) {
      const sum = sums.get(label) ?? new Float64Array(moments.mean.length);
      for (const embedding of embeddings) {
        standardised(embedding, moments).forEach((value, i) => {
          sum[i]! += value;
        });
      }
      sums.set(label, sum);
    }
    const vectors = [...sums].map(([label, sum]) => [label, unit(sum)] as const);
    return new Prototypes(moments, new Map(vectors.length > 1 ? vectors : []));
  }

  has(label: number): boolean {
    return this.#vectors.has(label);
  }

  /** Cosine to each class's prototype. */
  cosines(embedding: ArrayLike<number>): Map<number, number> {
    const vector = standardised(embedding, this.#moments);
    return new Map([...this.#vectors].map(([label, prototype]) => [label, dot(vector, prototype)]));
  }

  /** Cosine of two classes' prototypes for each pair that is hard to tell apart. */
  alike(limit = 0.6): { labels: [number, number]; cosine: number }[] {
    const all = [...this.#vectors];
    return all.flatMap(([label, one], i) =>
      all.slice(i + 1).flatMap(([other, another]) => {
        const cosine = dot(one, another);
        return cosine > limit ? [{ labels: [label, other] as [number, number], cosine }] : [];
      }),
    );
  }
}

interface Moments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

function momentsOf(embeddings: readonly ArrayLike<number>[]): Moments {
  const size = embeddings[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const embedding of embeddings) for (let i = 0; i < size; i++) mean[i]! += embedding[i]! / embeddings.length;
  const deviation = new Float64Array(size);
  for (const embedding of embeddings) {
    for (let i = 0; i < size; i++) deviation[i]! += (embedding[i]! - mean[i]!) ** 2 / embeddings.length;
  }
  for (let i = 0; i < size; i++) deviation[i] = Math.sqrt(deviation[i]!);
  const usual = deviation.reduce((sum, value) => sum + value, 0) / size;
  // All pictures may be the same: no division by zero.
  const least = Math.max(LEAST_DEVIATION * usual, 1e-9);
  return { mean, deviation: deviation.map((value) => Math.max(least, value)) };
}

/** Standardised, and of length 1. */
function standardised(embedding: ArrayLike<number>, { mean, deviation }: Moments): Float64Array {
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
