// How much a personal calibration helps, measured on its own examples: each is left out in turn and predicted by a calibration from the
// others.
import { wilsonInterval } from '../metrics/wilson-interval.js';
import { Likenesses } from './corrections.js';
import { largest, PersonalCalibration, type PredictedExample, sharedOut, usualWeight } from './personal-calibration.js';
import { Prototypes } from './prototypes.js';

export interface CalibrationJudgement {
  /** Pictures that were left out, of classes with another picture. */
  readonly n: number;
  /** Accuracy of the general model and of the calibration; null when no picture could be left out. */
  readonly before: Rate | null;
  readonly after: Rate | null;
  /** Pairs of classes whose pictures look alike, and pictures that are nearer to another class than to their own. */
  readonly alike: readonly { readonly labels: readonly [number, number]; readonly cosine: number }[];
  readonly contradicting: readonly { readonly example: number; readonly nearer: number }[];
}

export interface Rate {
  readonly share: number;
  readonly interval: readonly [low: number, high: number];
}

/** The prototypes' weights to choose from; 0 is the general model. */
const weights = [usualWeight, 0.5, 0.25, 0];
/** So many more left-out pictures must be predicted rightly for another weight than the usual. */
const leastGain = 2;
/** Bounds the work: left-out pictures times examples. More would take longer than the guided calibration. */
const mostPairs = 1500;
/** Two for each of seven expressions: fewer would not show whether it helps. */
const leastLeftOut = 14;

/**
 * Computes a calibration and judges it by leaving each example out in turn. The same gives the prototypes' weight: less than usual
 * where the general model predicts the examples better than they predict each other. Throws ConfigError without a picture.
 */
export function learnAndJudge(examples: readonly PredictedExample[]): {
  readonly calibration: PersonalCalibration;
  readonly judgement: CalibrationJudgement;
} {
  const likenesses = new Likenesses();
  const left = leaveOut(examples);
  const weight = bestWeight(left);
  const calibration = PersonalCalibration.learn(examples, weight, likenesses);
  const n = left.length;
  const rate = (read: (one: LeftOut) => ArrayLike<number>): Rate | null => {
    if (n === 0) return null;
    const hits = left.filter((one) => largest(read(one)) === one.label).length;
    return { share: hits / n, interval: wilsonInterval(hits, n) };
  };
  const judgement = {
    n,
    before: rate(({ probabilities }) => probabilities),
    after: rate(({ example, probabilities }) =>
      PersonalCalibration.learn(without(examples, example), weight, likenesses).adapt(
        probabilities,
        examples[example]!.embeddings[0]!,
      ),
    ),
    alike: Prototypes.learn(examples).alike(),
    contradicting: left.flatMap(({ example, label, cosines }) => {
      const [nearer] = [...cosines].sort((one, other) => other[1] - one[1])[0] ?? [label];
      return nearer === label ? [] : [{ example, nearer }];
    }),
  };
  return { calibration, judgement };
}

/** An example, and its cosines to the prototypes of all others. */
interface LeftOut {
  readonly example: number;
  readonly label: number;
  readonly probabilities: ArrayLike<number>;
  readonly cosines: ReadonlyMap<number, number>;
}

/** Those of classes that have another picture; evenly spaced ones when there are many. */
function leaveOut(examples: readonly PredictedExample[]): LeftOut[] {
  const counts = new Map<number, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  const possible = [...examples.keys()].filter((i) => counts.get(examples[i]!.label)! >= 2);
  const count = Math.min(possible.length, Math.max(leastLeftOut, Math.floor(mostPairs / examples.length)));
  const chosen = Array.from({ length: count }, (_, i) => possible[Math.floor((i * possible.length) / count)]!);
  return chosen.map((example) => {
    const { label, probabilities, embeddings } = examples[example]!;
    const cosines = Prototypes.learn(without(examples, example)).cosines(embeddings[0]!);
    return { example, label, probabilities, cosines };
  });
}

const without = (examples: readonly PredictedExample[], example: number): PredictedExample[] =>
  examples.filter((_, other) => other !== example);

/**
 * The weight under which most of the left-out pictures are predicted rightly, the largest of equals. One picture more is chance, and
 * leaving out underestimates the prototypes: another weight than the usual must predict two more. (Choosing by likelihood penalises
 * the prototypes' confidence, and lost half of their gain.)
 */
function bestWeight(left: readonly LeftOut[]): number {
  const hits = weights.map(
    (weight) =>
      left.filter(({ probabilities, cosines, label }) => largest(sharedOut(probabilities, cosines, weight)) === label)
        .length,
  );
  const best = largest(hits);
  return hits[best]! >= hits[0]! + leastGain ? weights[best]! : usualWeight;
}
