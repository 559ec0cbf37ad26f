// Compares each picture of a gallery with the others: one that is nearer to somebody else than to its own person spoils the gallery.
import { median } from '../numbers/median.js';

/** Number of usual deviations from which a picture counts as far from its person's others. */
const FAR = 4;
/** With fewer pictures of a person the usual deviation cannot be estimated. */
const LEAST = 5;

export interface PictureStanding {
  readonly label: number;
  /** Distance to the nearest other picture of the same person; Infinity without one. */
  readonly own: number;
  /** Distance to the nearest picture of somebody else, and whose it is; Infinity and undefined without one. */
  readonly other: number;
  readonly otherLabel: number | undefined;
  /** Why it should be inspected; undefined when nothing is doubtful. */
  readonly doubt: 'nearer to another' | 'unlike the others' | 'the same as another' | undefined;
}

/** The pictures of a gallery, compared by any method; `LbphRecogniser` is one. */
export interface ComparedPictures {
  /** The person of each picture. */
  readonly labels: readonly number[];
  /** The distances of picture `i` to every picture; 0 to those that are the same. */
  distancesBetween(i: number): Float64Array;
}

/**
 * A standing for each picture, or each of one label, in the order of the pictures. Doubtful are a picture nearer to somebody else's than to any of
 * its own person; one farther from its own than the median by four deviations (estimated from the median deviation, and by a
 * tenth at least); and the later of two that are the same.
 */
export function pictureStandings(recogniser: ComparedPictures, label?: number): PictureStanding[] {
  const { labels } = recogniser;
  const chosen = [...labels.keys()].filter((i) => label === undefined || labels[i] === label);
  const nearest = chosen.map((i) => ({ label: labels[i]!, ...nearestOf(recogniser.distancesBetween(i), labels, i) }));
  const present = [...new Set(nearest.map((one) => one.label))];
  const limits = new Map(present.map((each) => [each, farLimit(nearest.filter((one) => one.label === each))]));
  return nearest.map(({ isRepeated, ...standing }) => {
    const hasOwn = standing.own < Number.POSITIVE_INFINITY;
    const isFar = hasOwn && standing.own > limits.get(standing.label)!;
    const found =
      hasOwn && standing.other < standing.own ? 'nearer to another' : isFar ? 'unlike the others' : undefined;
    return { ...standing, doubt: isRepeated ? 'the same as another' : found };
  });
}

interface Nearest {
  own: number;
  other: number;
  otherLabel: number | undefined;
  /** Whether an earlier picture of the person is identical. */
  isRepeated: boolean;
}

function nearestOf(distances: Float64Array, labels: readonly number[], probe: number): Nearest {
  const nearest: Nearest = {
    own: Number.POSITIVE_INFINITY,
    other: Number.POSITIVE_INFINITY,
    otherLabel: undefined,
    isRepeated: false,
  };
  distances.forEach((distance, i) => {
    if (i === probe) return;
    if (labels[i] !== labels[probe]) {
      if (distance < nearest.other) [nearest.other, nearest.otherLabel] = [distance, labels[i]];
    } else if (distance === 0) nearest.isRepeated ||= i < probe;
    else nearest.own = Math.min(nearest.own, distance);
  });
  return nearest;
}

function farLimit(nearest: readonly Nearest[]): number {
  const own = nearest.map((one) => one.own).filter(Number.isFinite);
  if (own.length < LEAST) return Number.POSITIVE_INFINITY;
  const middle = median(own);
  // 1.4826 times the median deviation is the standard deviation of normal numbers.
  const deviation = 1.4826 * median(own.map((distance) => Math.abs(distance - middle)));
  return middle + Math.max(FAR * deviation, 0.1 * middle);
}
