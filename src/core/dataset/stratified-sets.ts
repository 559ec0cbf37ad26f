// Divides samples into sets of given shares, class by class, and keeps pixel-identical samples on one side.
import { DatasetError } from '../errors.js';
import { createRandom } from '../numbers/random.js';
import { twinGroups } from './duplicates.js';
import type { PackedDataset } from './packed-dataset.js';

export interface SetOptions {
  /** The share of each set, in any unit: 70, 20, 10 or 0.7, 0.2, 0.1. */
  readonly shares: readonly number[];
  readonly seed: number;
  /** The samples to divide; default all. */
  readonly indices?: Int32Array;
}

/**
 * Every sample goes into exactly one set; indices ascend. Each class has its share in each set to within one sample, apart from
 * samples with the same pixels, which stay together. The same seed gives the same sets. Throws DatasetError when there are fewer
 * different samples than sets, or a share is so small that its set would be empty.
 */
export function stratifiedSets(dataset: PackedDataset, { shares, seed, indices }: SetOptions): Int32Array[] {
  if (shares.length < 2 || !shares.every((share) => share > 0 && Number.isFinite(share))) {
    throw new RangeError(`stratifiedSets: two or more shares above 0 are needed, found ${shares.join(', ')}`);
  }
  const divided = indices ?? Int32Array.from({ length: dataset.count }, (_, i) => i);
  const groups = [...twinGroups(dataset, divided).values()];
  if (groups.length < shares.length) {
    throw new DatasetError(
      `${shares.length} sets need as many different samples and there are ${groups.length}; ask for fewer or use more data`,
    );
  }
  const setOf = assignGroups(dataset, groups, { shares, seed });
  const sets = shares.map((_, set) => divided.filter((i) => setOf.get(i) === set).sort());
  const empty = sets.findIndex((set) => set.length === 0);
  if (empty === -1) return sets;
  throw new DatasetError(
    `every set must hold samples, and ${divided.length} samples leave none for the share ${shares[empty]} of ${shares.join(', ')}; give it more or use more data`,
  );
}

/**
 * Assigns large groups first, each to the set with the largest deficit of the group's class; on a tie, to the one with the largest
 * deficit of samples. A set never takes more than its deficit, so every set ends within one sample of its share.
 */
function assignGroups(
  { classes, labels }: PackedDataset,
  groups: number[][],
  { shares, seed }: Pick<SetOptions, 'shares' | 'seed'>,
): Map<number, number> {
  const order = createRandom(seed)
    .shuffle([...groups])
    .sort((a, b) => b.length - a.length);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const samples = groups.flat();
  const ofClass = new Float64Array(labels.length);
  for (const i of samples) ofClass[classes[i]!] = ofClass[classes[i]!]! + 1;
  const lacksOfClass = shares.map((share) => ofClass.map((count) => (count * share) / total));
  const lacks = shares.map((share) => (samples.length * share) / total);
  const setOf = new Map<number, number>();
  for (const group of order) {
    const label = classes[group[0]!]!;
    let best = 0;
    for (let set = 1; set < shares.length; set++) {
      const more = lacksOfClass[set]![label]! - lacksOfClass[best]![label]!;
      if (more > 0 || (more === 0 && lacks[set]! > lacks[best]!)) best = set;
    }
    for (const i of group) {
      setOf.set(i, best);
      const left = lacksOfClass[best]!;
      left[classes[i]!] = left[classes[i]!]! - 1;
    }
    lacks[best] = lacks[best]! - group.length;
  }
  return setOf;
}
