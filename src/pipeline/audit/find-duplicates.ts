// The part of an audit that compares pictures with each other.
import { joinPairs } from '../../core/dataset/audit/join-pairs.js';
import { findNearDuplicates, type NearDuplicate } from '../../core/dataset/audit/near-duplicates.js';
import { twinGroups } from '../../core/dataset/duplicates.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { Progress } from '../../core/ports/progress.js';

/** Samples that show the same picture; indices of the dataset, ascending. */
export interface DuplicateGroup {
  readonly samples: readonly number[];
  /** Not all have the same label. */
  readonly conflicting: boolean;
  /** Not all are of the same split. */
  readonly acrossSplits: boolean;
}

export interface NearDuplicateGroup extends DuplicateGroup {
  /** Exact copies are in the group too; the pairs are of each one's first sample. */
  readonly pairs: readonly NearDuplicate[];
}

/** How many samples of a split have a duplicate in another. */
export interface SharedSamples {
  readonly split: string;
  readonly other: string;
  readonly samples: number;
}

export interface Duplicates {
  /** Pixel for pixel the same, blank pictures too. */
  readonly exactDuplicates: readonly DuplicateGroup[];
  readonly exactAcrossSplits: readonly SharedSamples[];
  /** Groups that pairs of nearly the same pictures make, blank ones left out; each holds at least two different pictures. */
  readonly nearDuplicates: readonly NearDuplicateGroup[];
  /** By pairs, not by groups: what is like the same picture need not be like each other. */
  readonly nearAcrossSplits: readonly SharedSamples[];
}

export function findDuplicates(
  dataset: PackedDataset,
  isBlank: (sample: number) => boolean,
  progress: Progress,
): Duplicates {
  const copies = twinGroups(dataset);
  const different = Int32Array.from(copies.keys()).filter((sample) => !isBlank(sample));
  const pairs = findNearDuplicates(dataset, different, (done, total) => {
    if (done % 256 === 0 || done === total) progress.update(done, total, 'pictures compared');
  });
  progress.finish();
  const exact = [...copies.values()].filter((group) => group.length > 1);
  const linked = pairs.map(({ first: a, second: b }) => [...copies.get(a)!, ...copies.get(b)!]);
  return {
    exactDuplicates: exact.map((samples) => describeGroup(dataset, samples)),
    exactAcrossSplits: countShared(dataset, exact),
    nearDuplicates: groupPairs(dataset, pairs, copies),
    nearAcrossSplits: countShared(dataset, [...linked, ...exact]),
  };
}

function describeGroup({ classes, splits }: PackedDataset, samples: readonly number[]): DuplicateGroup {
  const differs = (values: Uint8Array) => samples.some((sample) => values[sample] !== values[samples[0]!]);
  return { samples, conflicting: differs(classes), acrossSplits: differs(splits) };
}

function groupPairs(
  dataset: PackedDataset,
  pairs: readonly NearDuplicate[],
  copies: ReadonlyMap<number, readonly number[]>,
): NearDuplicateGroup[] {
  const groups = joinPairs(pairs.map(({ first, second }) => [first, second] as const));
  const groupOf = new Map(groups.flatMap((members, g) => members.map((member) => [member, g] as const)));
  const ofGroup = groups.map((): NearDuplicate[] => []);
  for (const pair of pairs) ofGroup[groupOf.get(pair.first)!]!.push(pair);
  return groups.map((members, g) => ({
    ...describeGroup(
      dataset,
      members.flatMap((member) => copies.get(member)!).sort((a, b) => a - b),
    ),
    pairs: ofGroup[g]!,
  }));
}

/** For each two splits the samples of the one that are in a group with one of the other. */
function countShared({ splits, splitNames }: PackedDataset, groups: readonly (readonly number[])[]): SharedSamples[] {
  const shared = splitNames.map(() => splitNames.map(() => new Set<number>()));
  for (const group of groups) {
    const present = new Set(group.map((sample) => splits[sample]!));
    if (present.size === 1) continue;
    for (const sample of group) {
      for (const other of present) if (other !== splits[sample]) shared[splits[sample]!]![other]!.add(sample);
    }
  }
  return shared.flatMap((row, split) =>
    row.flatMap(({ size }, other) =>
      size === 0 ? [] : [{ split: splitNames[split]!, other: splitNames[other]!, samples: size }],
    ),
  );
}
