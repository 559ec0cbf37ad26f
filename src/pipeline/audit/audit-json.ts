// An audit as plain data for JSON: every sample by its index, its row in the source, its split and its label.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { Audit } from './audit.js';

export interface SampleReference {
  readonly index: number;
  readonly row: number;
  readonly split: string;
  readonly label: string;
  /** The picture's file, for datasets from folders. */
  readonly file?: string;
}

/** A sample's identification outside the program. */
export function referTo(dataset: PackedDataset, index: number): SampleReference {
  const row = dataset.rows[index]!;
  const file = dataset.source.files?.[row];
  return {
    index,
    row,
    split: dataset.splitNames[dataset.splits[index]!]!,
    label: dataset.labels[dataset.classes[index]!]!,
    ...(file === undefined ? {} : { file }),
  };
}

/** All findings, in the order of the report. `null` marks a check that did not run. */
export function auditJson(audit: Audit) {
  const { dataset, labels, votes, nonFaces } = audit;
  const refer = (index: number) => referTo(dataset, index);
  const names = dataset.labels;
  return {
    dataset: dataset.hash,
    count: dataset.count,
    exactDuplicates: {
      acrossSplits: audit.exactAcrossSplits,
      groups: audit.exactDuplicates.map(({ samples, ...facts }) => ({ ...facts, samples: samples.map(refer) })),
    },
    nearDuplicates: {
      acrossSplits: audit.nearAcrossSplits,
      groups: audit.nearDuplicates.map(({ samples, ...facts }) => ({ ...facts, samples: samples.map(refer) })),
    },
    blank: audit.blank.map(({ sample, ...facts }) => ({ ...refer(sample), ...facts })),
    nonFaces: nonFaces?.map(({ sample, ...facts }) => ({ ...refer(sample), ...facts })) ?? null,
    labels: labels && {
      by: labels.by,
      judged: labels.judged.length,
      judgedPerSplit: dataset.splitNames.map((split, s) => ({
        split,
        samples: labels.judged.filter((index) => dataset.splits[index] === s).length,
      })),
      others: labels.judged.length === dataset.count ? null : labels.others,
      joint: labels.joint,
      // JSON has no Infinity: a class without samples has no threshold.
      thresholds: labels.thresholds.map((threshold) => (Number.isFinite(threshold) ? threshold : null)),
      issues: labels.issues.map(({ sample, suggested, ...facts }) => ({
        ...refer(sample),
        suggested: names[suggested]!,
        ...facts,
      })),
    },
    votes: votes && {
      agreement: votes.agreement.map((counts, c) => ({ label: names[c]!, ...counts })),
      against: votes.against.map(({ sample, majority }) => ({ ...refer(sample), majority: names[majority]! })),
    },
  };
}
