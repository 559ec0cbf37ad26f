// Corrections by examples that are predicted wrongly: each raises its own class over the predicted one, for itself and, as far as they
// are alike, for other faces. A kernel machine over the network's pooled features with a margin for every wrong class (Crammer &
// Singer 2001), solved by Hildreth's method.

/** A personal example and its probabilities without corrections. */
export interface CorrectedExample {
  readonly label: number;
  /** Pooled features: of the picture itself first, then of its augmented copies. */
  readonly embeddings: readonly ArrayLike<number>[];
  /** Probabilities of the classes. */
  readonly reading: ArrayLike<number>;
}

/** Factor by which an example's class must be more probable than any other. */
export const leastLead = 3;
/** Width of the kernel: where the cosine of two faces' features is smaller by 0.15, likeness is 1/e. Cosines of neighbouring frames
 * differ by 0.02, those of the same person's other expressions by 0.3 to 0.6. */
const REACH = 0.15;
/** Lower probabilities are raised to this, so that every class can be raised over every other. */
const LEAST_PROBABILITY = 1e-6;
/** Most logits by which one picture raises its class over another: enough for any single picture, and a bound where pictures contradict
 * each other. */
const MOST_LIFT = 8;
const MOST_PASSES = 100;
/** Changes of logits below this end the iteration. */
const TOLERANCE = 1e-6;

/** Likenesses of examples, each pair computed once. */
export class Likenesses {
  readonly #units = new WeakMap<ArrayLike<number>, Float64Array>();
  readonly #known = new WeakMap<object, WeakMap<object, number>>();

  /** Likeness of a face and an example or its copies, above 0 to 1. */
  of(face: ArrayLike<number>, example: Pick<CorrectedExample, 'embeddings'>): number {
    const known = this.#known.get(face) ?? new WeakMap<object, number>();
    this.#known.set(face, known);
    const before = known.get(example.embeddings);
    if (before !== undefined) return before;
    const unit = this.#unitOf(face);
    const likeness = Math.max(...example.embeddings.map((one) => likenessOf(unit, this.#unitOf(one))));
    known.set(example.embeddings, likeness);
    return likeness;
  }

  #unitOf(vector: ArrayLike<number>): Float64Array {
    const unit = this.#units.get(vector) ?? unitOf(vector);
    this.#units.set(vector, unit);
    return unit;
  }
}

/** The correction of one example. */
interface Correction {
  /** Unit vectors. */
  readonly units: readonly Float64Array[];
  /** By class; added to the logits of the same face, and in part to those of faces like it. */
  readonly shift: Float64Array;
}

export class Corrections {
  readonly #corrections: readonly Correction[];

  private constructor(corrections: readonly Correction[]) {
    this.#corrections = corrections;
  }

  /**
   * The least change of the logits under which every example is predicted as its own class, with `leastLead` over every other. Where
   * examples contradict each other the later ones prevail: the last always gets its lead.
   */
  static learn(examples: readonly CorrectedExample[], likenesses = new Likenesses()): Corrections {
    const lead = Math.log(leastLead);
    const logits = examples.map(({ reading }) => logitsOf(reading));
    const shifts = examples.map(({ reading }) => new Float64Array(reading.length));
    /** By how much an example's class is raised over each other class. */
    const lifts = examples.map(({ reading }) => new Float64Array(reading.length));
    const lift = (at: number, wrong: number, isLast: boolean): number => {
      const { label } = examples[at]!;
      const missing = (lead - logits[at]![label]! + logits[at]![wrong]!) / 2;
      const before = lifts[at]![wrong]!;
      const change = isLast ? Math.max(0, missing) : Math.min(MOST_LIFT, Math.max(0, before + missing)) - before;
      if (change === 0) return 0;
      lifts[at]![wrong]! += change;
      shifts[at]![label]! += change;
      shifts[at]![wrong]! -= change;
      examples.forEach(({ embeddings }, other) => {
        const likeness = other === at ? 1 : likenesses.of(embeddings[0]!, examples[at]!);
        logits[other]![label]! += likeness * change;
        logits[other]![wrong]! -= likeness * change;
      });
      return Math.abs(change);
    };
    const pass = (isLast: boolean): number => {
      let most = 0;
      examples.forEach(({ label, reading }, at) => {
        for (let wrong = 0; wrong < reading.length; wrong++) {
          if (wrong !== label) most = Math.max(most, lift(at, wrong, isLast));
        }
      });
      return most;
    };
    for (let passes = 1; pass(false) > TOLERANCE && passes < MOST_PASSES; passes++);
    // The last pass may only raise, so that the leads of the last example hold whatever contradicts them.
    pass(true);
    return new Corrections(
      examples.flatMap(({ embeddings }, at) =>
        shifts[at]!.some((value) => value !== 0) ? [{ units: embeddings.map(unitOf), shift: shifts[at]! }] : [],
      ),
    );
  }

  /** The number of examples that correct anything. */
  get count(): number {
    return this.#corrections.length;
  }

  /** The probabilities of a face with these features, corrected. */
  adapt(probabilities: Float32Array, embedding: ArrayLike<number>): Float32Array {
    if (this.#corrections.length === 0) return probabilities;
    const face = unitOf(embedding);
    const logits = logitsOf(probabilities);
    for (const { units, shift } of this.#corrections) {
      const likeness = Math.max(...units.map((unit) => likenessOf(face, unit)));
      for (let c = 0; c < logits.length; c++) logits[c]! += likeness * shift[c]!;
    }
    const most = Math.max(...logits);
    const shares = logits.map((logit) => Math.exp(logit - most));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return Float32Array.from(shares, (share) => share / total);
  }
}

function logitsOf(probabilities: ArrayLike<number>): Float64Array {
  return Float64Array.from(probabilities, (one) => Math.log(Math.max(LEAST_PROBABILITY, one)));
}

/** A Gaussian kernel on the unit sphere, 1 for the same. */
function likenessOf(one: Float64Array, other: Float64Array): number {
  let square = 0;
  for (let i = 0; i < one.length; i++) square += (one[i]! - other[i]!) ** 2;
  return Math.exp(-square / 2 / REACH);
}

function unitOf(vector: ArrayLike<number>): Float64Array {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i]! ** 2;
  const length = Math.sqrt(square) || 1;
  return Float64Array.from(vector, (value) => value / length);
}
