// How much teaching helps, told from the taught pictures alone: each in turn is left out and read by what the others teach.
import { wilsonInterval } from '../metrics/wilson-interval.js';
import { Likenesses } from './corrections.js';
import { largest, PersonalCalibration, type PredictedExample, sharedOut, usualWeight } from './personal-calibration.js';
import { Prototypes } from './prototypes.js';

export interface CalibrationJudgement {
  /** Pictures that were left out: of classes with another picture. */
  readonly n: number;
  /** Read rightly by the general model, and after teaching; null when no picture could be left out. */
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

/** How much the prototypes may have to say; 0 is the general model. */
const weights = [usualWeight, 0.5, 0.25, 0];
/** Left-out pictures that another weight must read rightly besides. */
const leastGain = 2;
/** So much is looked at, left-out pictures times those that teach then: more would take longer than the teaching. */
const mostLooks = 1500;
/** Two of seven expressions: so many tell at least whether it helps. */
const leastLeftOut = 14;

/**
 * Learns from the pictures and judges it by leaving each out in turn. The same tells how much the prototypes have to say: less than
 * usual where the general model reads the pictures better than they read each other. Throws ConfigError without a picture.
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

/** A taught picture as all others see it. */
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
  const count = Math.min(possible.length, Math.max(leastLeftOut, Math.floor(mostLooks / examples.length)));
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
 * The weight under which most of the left-out pictures are read rightly, the largest of equals. One picture more is chance, and
 * leaving out makes the prototypes look worse than they will be: another weight than the usual must read two more. (A likelihood
 * would punish prototypes for being sure, and gave up half of what they bring.)
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
