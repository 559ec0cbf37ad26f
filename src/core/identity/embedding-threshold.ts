// The distance between embeddings from which a face is a stranger's, for the rate of false accepts that the user chooses.
import { PeopleError } from '../errors.js';
import { mean } from '../numbers/mean.js';
import { normalQuantile } from '../numbers/normal-quantile.js';
import { unitDistance } from './embedding/unit-distance.js';

/** How the distances between the faces of two different people are distributed: normally, as measured. */
export interface StrangerDistances {
  readonly mean: number;
  readonly deviation: number;
}

/** Of unit vectors, by the name in the embedding's metadata: single pictures of different people (docs/experiments/identity.md, 'A threshold for strangers'). */
const usual: Readonly<Record<string, StrangerDistances>> = {
  'dlib-resnet-29': { mean: 0.558, deviation: 0.0606 },
};

/** The people at which the gallery's own distances count as much as the usual ones. */
const evenPeople = 10;
/** Without usual distances fewer people say too little. */
const leastPeople = 5;
/** More pictures than these hardly change the result, and the cost grows with their square. */
const mostPictures = 400;

export const defaultFalseAccepts = 0.01;
/** Rates of false accepts that may be chosen: of rarer ones the distances that were measured say nothing. */
export const falseAcceptsRange = { least: 1e-6, most: 0.5 } as const;

/** A known person's embeddings, of unit length. */
type Embeddings = readonly Float32Array[];

/**
 * The distance below which so large a share of strangers comes to the nearest of these people (`falseAccepts`, in `falseAcceptsRange`; each face of
 * a stranger is compared with everybody, so more people make it smaller). The smaller of two: that of the embedding's usual distances between people;
 * and that of these mixed with the gallery's own, the more the more people it has. Throws PeopleError for an embedding without usual distances when there
 * are fewer than 5 people.
 */
export function strangerThreshold(embeddingName: string, gallery: readonly Embeddings[], falseAccepts: number): number {
  const { least, most } = falseAcceptsRange;
  if (!(falseAccepts >= least && falseAccepts <= most)) {
    throw new PeopleError(`the rate of false accepts must lie between ${least} and ${most}; found ${falseAccepts}`);
  }
  // A stranger passes when one of all comparisons fails.
  const ofOne = -Math.expm1(Math.log1p(-falseAccepts) / gallery.length);
  const below = normalQuantile(ofOne);
  const own = distancesBetween(gallery);
  const given = Object.hasOwn(usual, embeddingName) ? usual[embeddingName] : undefined;
  if (given === undefined && (own === undefined || gallery.length < leastPeople)) {
    throw new PeopleError(
      `the threshold of the embedding ${embeddingName} must be learnt from ${leastPeople} people or more, and there are ${gallery.length}; add some, or give --threshold`,
    );
  }
  const at = (distances: StrangerDistances) => distances.mean + below * distances.deviation;
  const thresholds = [given, own].flatMap((distances) => (distances ? [Math.max(0, at(distances))] : []));
  if (thresholds.length < 2) return thresholds[0]!;
  const weight = gallery.length / (gallery.length + evenPeople);
  return Math.min(thresholds[0]!, (1 - weight) * thresholds[0]! + weight * thresholds[1]!);
}

/** Of single pictures of different people; undefined for one person. */
function distancesBetween(gallery: readonly Embeddings[]): StrangerDistances | undefined {
  const all = gallery.flatMap((own, person) => own.map((embedding) => ({ embedding, person })));
  const stride = Math.max(1, Math.ceil(all.length / mostPictures));
  const some = all.filter((_, i) => i % stride === 0);
  const distances = some.flatMap((one, i) =>
    some.slice(i + 1).flatMap((other) => {
      if (other.person === one.person) return [];
      const distance = unitDistance(one.embedding, other.embedding);
      // One picture under two names says nothing about strangers.
      return distance === 0 ? [] : [distance];
    }),
  );
  if (distances.length === 0) return undefined;
  const middle = mean(distances);
  return { mean: middle, deviation: Math.sqrt(mean(distances.map((distance) => (distance - middle) ** 2))) };
}
