// What taught pictures say against a reading that contradicts them: each that would be read as another expression lifts its own over
// that one, for itself and, the less the less they are alike, for other faces. A kernel machine over the network's pooled features with
// a margin for every wrong class (Crammer & Singer 2001), solved by Hildreth's method.

/** A taught picture and how it would be read without corrections. */
export interface CorrectedExample {
  readonly label: number;
  /** Of the picture itself first, then of what it stands for; pooled features each. */
  readonly embeddings: readonly ArrayLike<number>[];
  /** Probabilities of the classes. */
  readonly reading: ArrayLike<number>;
}

/** By what factor the taught class of a picture must be more probable than any other class. */
export const leastLead = 3;
/** How fast likeness falls with the cosine of two faces' features: at 0.15 less it is 1/e. Neighbouring frames differ by 0.02, the same
 * person's other expressions by 0.3 to 0.6. */
const REACH = 0.15;
/** Probabilities below count as this much, so that every class can be lifted over every other. */
const LEAST_PROBABILITY = 1e-6;
/** Logits that one picture may lift its class over another: any single one can be lifted by so much, and pictures that contradict each
 * other do not outbid each other without end. */
const MOST_LIFT = 8;
const MOST_PASSES = 100;
/** Logits by which a lead may still fall short when nothing is changed any more. */
const TOLERANCE = 1e-6;

/** Likenesses of taught pictures, each computed once however often they are learnt from. */
export class Likenesses {
  readonly #units = new WeakMap<ArrayLike<number>, Float64Array>();
  readonly #known = new WeakMap<object, WeakMap<object, number>>();

  /** How much the face itself is like the picture or what it stands for, above 0 to 1. */
  of(face: ArrayLike<number>, look: Pick<CorrectedExample, 'embeddings'>): number {
    const known = this.#known.get(face) ?? new WeakMap<object, number>();
    this.#known.set(face, known);
    const before = known.get(look.embeddings);
    if (before !== undefined) return before;
    const unit = this.#unitOf(face);
    const likeness = Math.max(...look.embeddings.map((one) => likenessOf(unit, this.#unitOf(one))));
    known.set(look.embeddings, likeness);
    return likeness;
  }

  #unitOf(vector: ArrayLike<number>): Float64Array {
    const unit = this.#units.get(vector) ?? unitOf(vector);
    this.#units.set(vector, unit);
    return unit;
  }
}

/** One picture's say. */
interface Correction {
  /** Unit vectors. */
  readonly looks: readonly Float64Array[];
  /** Added to the logits of a face that is the same, by class. */
  readonly shift: Float64Array;
}

export class Corrections {
  readonly #corrections: readonly Correction[];

  private constructor(corrections: readonly Correction[]) {
    this.#corrections = corrections;
  }

  /**
   * The least change of the logits under which every picture is read as its own class, with `leastLead` over every other. Where
   * pictures contradict each other the later ones count: the last always gets its lead.
   */
  static learn(looks: readonly CorrectedExample[], likenesses = new Likenesses()): Corrections {
    const lead = Math.log(leastLead);
    const logits = looks.map(({ reading }) => logitsOf(reading));
    const shifts = looks.map(({ reading }) => new Float64Array(reading.length));
    /** How far a picture's class is lifted over each other class. */
    const lifts = looks.map(({ reading }) => new Float64Array(reading.length));
    const lift = (at: number, wrong: number, isLast: boolean): number => {
      const { label } = looks[at]!;
      const missing = (lead - logits[at]![label]! + logits[at]![wrong]!) / 2;
      const before = lifts[at]![wrong]!;
      const change = isLast ? Math.max(0, missing) : Math.min(MOST_LIFT, Math.max(0, before + missing)) - before;
      if (change === 0) return 0;
      lifts[at]![wrong]! += change;
      shifts[at]![label]! += change;
      shifts[at]![wrong]! -= change;
      looks.forEach(({ embeddings }, other) => {
        const likeness = other === at ? 1 : likenesses.of(embeddings[0]!, looks[at]!);
        logits[other]![label]! += likeness * change;
        logits[other]![wrong]! -= likeness * change;
      });
      return Math.abs(change);
    };
    const pass = (isLast: boolean): number => {
      let most = 0;
      looks.forEach(({ label, reading }, at) => {
        for (let wrong = 0; wrong < reading.length; wrong++) {
          if (wrong !== label) most = Math.max(most, lift(at, wrong, isLast));
        }
      });
      return most;
    };
    for (let passes = 1; pass(false) > TOLERANCE && passes < MOST_PASSES; passes++);
    // What is only lifted keeps the leads of its own picture: those of the last hold, whatever contradicts them.
    pass(true);
    return new Corrections(
      looks.flatMap(({ embeddings }, at) =>
        shifts[at]!.some((value) => value !== 0) ? [{ looks: embeddings.map(unitOf), shift: shifts[at]! }] : [],
      ),
    );
  }

  /** How many pictures have something to say. */
  get count(): number {
    return this.#corrections.length;
  }

  /** The probabilities of a face with these features, corrected. */
  adapt(probabilities: Float32Array, embedding: ArrayLike<number>): Float32Array {
    if (this.#corrections.length === 0) return probabilities;
    const face = unitOf(embedding);
    const logits = logitsOf(probabilities);
    for (const { looks, shift } of this.#corrections) {
      const likeness = Math.max(...looks.map((look) => likenessOf(face, look)));
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
