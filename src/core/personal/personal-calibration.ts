// A personal calibration from a few examples: prototypes over the network's pooled features (Snell et al. 2017, with cosines as in
// Chen et al. 2019), standardised by the person's own pictures, which removes what is the same in all of them, the face. Examples that
// prototypes and general model still predict wrongly become corrections.
import { ConfigError } from '../errors.js';
import { Corrections, type Likenesses } from './corrections.js';
import { type EmbeddedExample, Prototypes } from './prototypes.js';

/** An example with the general model's probabilities, from which a correction follows when the prediction is wrong. */
export interface PredictedExample extends EmbeddedExample {
  readonly probabilities: ArrayLike<number>;
}

/** Of the softmax over cosines: a prototype whose cosine is larger by 0.1 is e times as probable. */
const TEMPERATURE = 0.1;
/** Weight of the prototypes among the classes with examples; the rest is the general model's. */
export const usualWeight = 0.8;

export class PersonalCalibration {
  readonly #prototypes: Prototypes;
  readonly #corrections: Corrections;
  /** Weight of the prototypes, 0..1. */
  readonly weight: number;

  private constructor(prototypes: Prototypes, corrections: Corrections, weight: number) {
    this.#prototypes = prototypes;
    this.#corrections = corrections;
    this.weight = weight;
  }

  /**
   * Computes it. Examples without probabilities make prototypes only. Where pictures contradict each other the later ones prevail;
   * otherwise their order makes no difference. Pass `likenesses` to compute several calibrations from the same pictures. Throws
   * ConfigError without a picture.
   */
  static learn(
    examples: readonly (EmbeddedExample | PredictedExample)[],
    weight = usualWeight,
    likenesses?: Likenesses,
  ): PersonalCalibration {
    if (examples.length === 0) throw new ConfigError('at least one picture must be taught, found none');
    const prototypes = Prototypes.learn(examples);
    const corrected = examples.flatMap((example) => {
      if (!('probabilities' in example)) return [];
      const { label, embeddings, probabilities } = example;
      return [{ label, embeddings, reading: sharedOut(probabilities, prototypes.cosines(embeddings[0]!), weight) }];
    });
    return new PersonalCalibration(prototypes, Corrections.learn(corrected, likenesses), weight);
  }

  /** The number of examples that were predicted wrongly, or rightly by too little, and became corrections. */
  get corrections(): number {
    return this.#corrections.count;
  }

  /** Cosine to each class's prototype; none with a single class. */
  cosines(embedding: ArrayLike<number>): Map<number, number> {
    return this.#prototypes.cosines(embedding);
  }

  /**
   * The probabilities of this person's face. The classes with examples keep the general model's total probability, which is
   * redistributed among them; a prediction of another class stands. Then each correction raises its class over all others, in
   * faces like it.
   */
  adapt(probabilities: ArrayLike<number>, embedding: ArrayLike<number>): Float32Array {
    // Cosines are computed only where they change the result.
    const isShared = this.#prototypes.has(largest(probabilities));
    const shared = sharedOut(probabilities, isShared ? this.cosines(embedding) : new Map(), this.weight);
    return this.#corrections.adapt(shared, embedding);
  }
}

/** Redistributes the probability of the classes with examples by both the prototypes and the general model; unchanged when the general model predicts another class. */
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

/** The index of the largest value, the first of equals. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
