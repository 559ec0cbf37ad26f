// A copy of a dataset without the problems that an audit found, and a log of every removed sample. Test rows stay unless they are named.
import { type PackedDataset, selectSamples } from '../../core/dataset/packed-dataset.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { isTrainingSplit } from '../data/test-splits.js';
import type { Audit } from './audit.js';
import { referTo } from './audit-json.js';
import { type AuditConfig, defaultRemovals, type RemovalReason } from './config.js';

/** The log's name in the folder of the cleaned dataset. */
export const leftOutFile = 'left-out.csv';

export interface LeftOut {
  /** Index in the audited dataset. */
  readonly sample: number;
  /** In the order of `removalReasons`. */
  readonly reasons: readonly RemovalReason[];
}

export interface CleanedDataset {
  /** Rows are still those of the source, so that votes and file names fit. */
  readonly dataset: PackedDataset;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Throws ConfigError when a split to clean does not exist or the audit did not check a reason, DatasetError when a split would
 * become empty.
 */
export function cleanDataset(audit: Audit, config: Pick<AuditConfig, 'remove' | 'removeFrom'>): CleanedDataset {
  const { dataset } = audit;
  const mayLose = splitsToClean(dataset, config.removeFrom);
  const reasons = new Map<number, RemovalReason[]>();
  const removals =
    config.remove ?? defaultRemovals.filter((reason) => reason !== 'non-faces' || audit.nonFaces !== null);
  for (const reason of removals) {
    for (const sample of new Set(samplesFor(reason, audit, mayLose))) {
      if (!mayLose(sample)) continue;
      const known = reasons.get(sample);
      if (known === undefined) reasons.set(sample, [reason]);
      else known.push(reason);
    }
  }
  const kept = [...dataset.splits.keys()].filter((sample) => !reasons.has(sample));
  dataset.splitNames.forEach((name, split) => {
    if (!dataset.splits.includes(split) || kept.some((sample) => dataset.splits[sample] === split)) return;
    throw new DatasetError(
      `a cleaned copy must keep samples of ${name}, and each of them would be left out; name fewer reasons with --remove`,
    );
  });
  const leftOut = [...reasons.entries()].sort(([a], [b]) => a - b).map(([sample, why]) => ({ sample, reasons: why }));
  return { dataset: selectSamples(dataset, kept), leftOut };
}

/** A line per removed sample, with its origin and the reasons. */
export function leftOutCsv(dataset: PackedDataset, leftOut: readonly LeftOut[]): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = leftOut.map(({ sample, reasons }) => {
    const { index, row, split, label, file } = referTo(dataset, sample);
    return [index, row, split, label, reasons.join(' '), file ?? ''].map((cell) => quote(String(cell))).join(',');
  });
  return ['index,row,split,label,reasons,file', ...lines, ''].join('\n');
}

function splitsToClean(
  { splitNames, splits }: PackedDataset,
  named: readonly string[] | undefined,
): (sample: number) => boolean {
  const present = splitNames.filter((_, split) => splits.includes(split));
  const isThere = (name: string) => present.some((split) => split.toLowerCase() === name.toLowerCase());
  const wrong = named?.find((name) => !isThere(name));
  const chosen = named ?? present.filter(isTrainingSplit);
  if (wrong !== undefined || chosen.length === 0) {
    throw new ConfigError(
      `--remove-from must name splits of the dataset, ${present.join(', ')}, ${wrong === undefined ? 'as none of them is called Training' : `and names '${wrong}'`}`,
    );
  }
  const mayLose = splitNames.map((name) => chosen.some((split) => split.toLowerCase() === name.toLowerCase()));
  return (sample) => mayLose[splits[sample]!]!;
}

function samplesFor(reason: RemovalReason, audit: Audit, mayLose: (sample: number) => boolean): readonly number[] {
  const { exactDuplicates } = audit;
  const own = exactDuplicates.map(({ samples }) => samples.filter(mayLose));
  switch (reason) {
    case 'blank':
      return audit.blank.map(({ sample }) => sample);
    case 'non-faces':
      return lookedFor(audit.nonFaces, reason, 'leave --no-faces out').map(({ sample }) => sample);
    case 'twins':
      return exactDuplicates
        .filter(({ acrossSplits }) => acrossSplits)
        .flatMap((group) => withTwins(audit, group.samples));
    case 'near-twins':
      return nearTwins(audit);
    case 'conflicting':
      return own.flatMap((samples) => outvoted(audit.dataset, samples));
    case 'duplicates':
      return own.flatMap((samples) => samples.slice(1));
    case 'label-issues':
      return lookedFor(audit.labels, reason, 'name --runs or --probabilities').issues.map(({ sample }) => sample);
    case 'against-votes':
      return lookedFor(audit.votes, reason, 'name --votes').against.map(({ sample }) => sample);
  }
}

function lookedFor<T>(found: T | null, reason: RemovalReason, next: string): T {
  if (found !== null) return found;
  throw new ConfigError(`--remove ${reason} needs what the audit did not look for; ${next}, or leave it out`);
}

/** The samples with a duplicate in another split. */
function withTwins({ dataset: { splits } }: Audit, samples: readonly number[]): number[] {
  return samples.filter((sample) => samples.some((other) => splits[other] !== splits[sample]));
}

/** By pairs, because near duplicates of the same picture need not be near duplicates of each other. */
function nearTwins(audit: Audit): number[] {
  const copies = new Map(audit.exactDuplicates.map(({ samples }) => [samples[0]!, samples] as const));
  const pairs = audit.nearDuplicates.flatMap((group) => group.pairs);
  return pairs.flatMap(({ first, second }) =>
    withTwins(audit, [...(copies.get(first) ?? [first]), ...(copies.get(second) ?? [second])]),
  );
}

/** Identical pictures whose label is not that of more than half of them. */
function outvoted({ classes }: PackedDataset, samples: readonly number[]): number[] {
  const agreeing = (sample: number) => samples.filter((other) => classes[other] === classes[sample]).length;
  return samples.filter((sample) => agreeing(sample) <= samples.length / 2);
}
