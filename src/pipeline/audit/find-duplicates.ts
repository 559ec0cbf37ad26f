// The duplicate search of an audit.
import { joinPairs } from '../../core/dataset/audit/join-pairs.js';
import { findNearDuplicates, type NearDuplicate } from '../../core/dataset/audit/near-duplicates.js';
import { twinGroups } from '../../core/dataset/duplicates.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { Progress } from '../../core/ports/progress.js';

/** Samples that show the same picture; indices of the dataset, ascending. */
export interface DuplicateGroup {
  readonly samples: readonly number[];
  /** True when the labels differ. */
  readonly conflicting: boolean;
  /** True when the splits differ. */
  readonly acrossSplits: boolean;
}

export interface NearDuplicateGroup extends DuplicateGroup {
  /** The group contains exact copies too; the pairs are between the first sample of each. */
  readonly pairs: readonly NearDuplicate[];
}

/** The number of samples of a split with a duplicate in another. */
export interface SharedSamples {
  readonly split: string;
  readonly other: string;
  readonly samples: number;
}

export interface Duplicates {
  /** Pixel-identical pictures, including blank ones. */
  readonly exactDuplicates: readonly DuplicateGroup[];
  readonly exactAcrossSplits: readonly SharedSamples[];
  /** Groups of near duplicates without blank pictures; each contains at least two different pictures. */
  readonly nearDuplicates: readonly NearDuplicateGroup[];
  /** By pairs, not by groups, because near duplicates of the same picture need not be near duplicates of each other. */
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

/** For each pair of splits, the samples of the one that share a group with a sample of the other. */
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
