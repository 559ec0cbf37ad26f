// A smaller set of samples with the same shares of classes, for a quicker evaluation.
import { createRandom } from '../numbers/random.js';
import type { PackedDataset } from './packed-dataset.js';

export interface SubsetOptions {
  /** The number of samples; when there are no more than that, all are taken. */
  readonly count: number;
  readonly seed: number;
}

/** `count` of the `indices`, ascending, each class with its share to within one sample. The same seed gives the same samples. */
export function stratifiedSubset(
  dataset: Pick<PackedDataset, 'classes'>,
  indices: Int32Array,
  { count, seed }: SubsetOptions,
): Int32Array {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`stratifiedSubset: count must be a whole number of at least 1, found ${count}`);
  }
  if (count >= indices.length) return indices.slice().sort();
  const ofClass = new Map<number, number[]>();
  const shuffled = createRandom(seed).shuffle([...indices]);
  for (const i of shuffled) {
    const label = dataset.classes[i]!;
    const group = ofClass.get(label);
    if (group === undefined) ofClass.set(label, [i]);
    else group.push(i);
  }
  return Int32Array.from(takeShares([...ofClass.values()], count, indices.length)).sort();
}

/** The quota of each group: its share of `count`, rounded down, plus one for the largest remainders (Hamilton's method). */
function takeShares(groups: readonly number[][], count: number, total: number): number[] {
  const shares = groups.map((group) => {
    const exact = (count * group.length) / total;
    return { group, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left = count - shares.reduce((sum, { whole }) => sum + whole, 0);
  return shares
    .sort((a, b) => b.rest - a.rest || a.group[0]! - b.group[0]!)
    .flatMap(({ group, whole }) => group.slice(0, whole + (left-- > 0 ? 1 : 0)));
}
