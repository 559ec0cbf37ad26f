// How much teaching helps, told from the taught pictures alone: each in turn is left out and read by what the others teach.
import { wilsonInterval } from '../metrics/wilson-interval.js';
import { alikePairs, largest, PersonalCalibration, type TaughtLook } from './personal-calibration.js';

/** A taught picture with what the general model says of it. */
export interface TaughtExample extends TaughtLook {
  readonly probabilities: ArrayLike<number>;
}

export interface TeachingJudgement {
  /** Pictures that could be left out: of classes with another picture. */
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

export function judgeTeaching(examples: readonly TaughtExample[]): TeachingJudgement {
  const counts = new Map<number, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  let [n, before, after] = [0, 0, 0];
  const contradicting: { example: number; nearer: number }[] = [];
  examples.forEach((example, i) => {
    if (counts.get(example.label)! < 2) return;
    const calibration = PersonalCalibration.learn(examples.filter((_, other) => other !== i));
    const read = largest(calibration.adapt(example.probabilities, example.embeddings[0]!));
    n++;
    if (largest(example.probabilities) === example.label) before++;
    if (read === example.label) after++;
    const cosines = calibration.cosines(example.embeddings[0]!);
    const nearest = [...cosines].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
    if (nearest !== example.label) contradicting.push({ example: i, nearer: nearest });
  });
  const rate = (hits: number): Rate | null => (n === 0 ? null : { share: hits / n, interval: wilsonInterval(hits, n) });
  return { n, before: rate(before), after: rate(after), alike: alikePairs(examples), contradicting };
}
