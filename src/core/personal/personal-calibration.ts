// How one person shows each expression, learnt from a few pictures: prototypes over the network's pooled features (Snell et al. 2017,
// with cosines as in Chen et al. 2019), standardised by the person's own pictures, so that what is the same in all of them, the face, counts for nothing.
// Where these and the general model still read a taught picture as another expression, it corrects them.
import { ConfigError } from '../errors.js';
import { Corrections, type Likenesses } from './corrections.js';
import { type EmbeddedExample, Prototypes } from './prototypes.js';

/** A taught picture with what the general model says of it: one that is read as another expression corrects that. */
export interface PredictedExample extends EmbeddedExample {
  readonly probabilities: ArrayLike<number>;
}

/** How far cosines of the features of one person's expressions lie apart: a prototype 0.1 nearer is e times as probable. */
const TEMPERATURE = 0.1;
/** Share of the prototypes' say within the classes that were taught; the rest is the general model's. */
export const usualWeight = 0.8;

export class PersonalCalibration {
  readonly #prototypes: Prototypes;
  readonly #corrections: Corrections;
  /** Share of the prototypes' say, 0..1. */
  readonly weight: number;

  private constructor(prototypes: Prototypes, corrections: Corrections, weight: number) {
    this.#prototypes = prototypes;
    this.#corrections = corrections;
    this.weight = weight;
  }

  /**
   * Looks without probabilities make prototypes only. The order counts only where pictures contradict each other: there the later
   * ones do. `likenesses` are kept by whoever learns from the same pictures several times. Throws ConfigError without a picture.
   */
  static learn(
    looks: readonly (EmbeddedExample | PredictedExample)[],
    weight = usualWeight,
    likenesses?: Likenesses,
  ): PersonalCalibration {
    if (looks.length === 0) throw new ConfigError('at least one picture must be taught, found none');
    const prototypes = Prototypes.learn(looks);
    const corrected = looks.flatMap((look) => {
      if (!('probabilities' in look)) return [];
      const { label, embeddings, probabilities } = look;
      return [{ label, embeddings, reading: sharedOut(probabilities, prototypes.cosines(embeddings[0]!), weight) }];
    });
    return new PersonalCalibration(prototypes, Corrections.learn(corrected, likenesses), weight);
  }

  /** How many pictures were read as another expression, or hardly as their own, and correct that. */
  get corrections(): number {
    return this.#corrections.count;
  }

  /** Cosine to each taught class's prototype; none with a single class. */
  cosines(embedding: ArrayLike<number>): Map<number, number> {
    return this.#prototypes.cosines(embedding);
  }

  /**
   * The probabilities of this person's face. Among the classes that were taught they are shared out anew; together they keep
   * what the general model gave them, and where that one says another class it stands. Then every taught picture lifts its class
   * over those that it would be read as, taught or not, in faces like it.
   */
  adapt(probabilities: ArrayLike<number>, embedding: ArrayLike<number>): Float32Array {
    // No cosines are computed for what they would not change.
    const isShared = this.#prototypes.has(largest(probabilities));
    const shared = sharedOut(probabilities, isShared ? this.cosines(embedding) : new Map(), this.weight);
    return this.#corrections.adapt(shared, embedding);
  }
}

/** Shares the probability of the taught classes out among them, by what both say of each; unchanged where the general model says another class. */
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

export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
