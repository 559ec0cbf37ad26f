// The audit of a dataset: duplicates, blank pictures, pictures without a face, and doubtful labels.
import {
  type ConfidentLearning,
  findLabelIssues,
  type LabelIssue,
} from '../../core/dataset/audit/confident-learning.js';
import { isAgainstVotes, judgeByVotes, type VoteVerdict } from '../../core/dataset/audit/vote-agreement.js';
import { ferplusClasses } from '../../core/dataset/ferplus-csv.js';
import { lightStatistics } from '../../core/dataset/light-statistics.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { votesOfSamples } from '../data/votes-of-samples.js';
import { type Duplicates, findDuplicates } from './find-duplicates.js';
import { type FaceWitnesses, findNonFaces, type NonFace } from './find-non-faces.js';
import type { LabelJudge } from './judge-labels.js';

/** A picture with a lower contrast (`lightStatistics`) counts as blank. Chosen in docs/experiments/audit.md, 'Blank pictures'. */
const blankContrast = 6;

/** A sample is named by its index in the dataset throughout. */
export interface Audit extends Duplicates {
  readonly dataset: PackedDataset;
  readonly blank: readonly BlankPicture[];
  /** Null when faces were not searched. */
  readonly nonFaces: readonly NonFace[] | null;
  /** Null when there were no probabilities to judge by. */
  readonly labels: LabelAudit | null;
  /** Null without votes. */
  readonly votes: VoteAudit | null;
}

export interface BlankPicture {
  readonly sample: number;
  /** Standard deviation of its pixels. */
  readonly deviation: number;
}

export interface LabelAudit {
  readonly by: string;
  /** Why the other samples are not judged. */
  readonly others: string;
  /** Samples that are judged. */
  readonly judged: Int32Array;
  readonly joint: ConfidentLearning['joint'];
  readonly thresholds: ConfidentLearning['thresholds'];
  /** Worst first. */
  readonly issues: readonly SampleIssue[];
}

export interface SampleIssue extends Omit<LabelIssue, 'index'> {
  readonly sample: number;
  /** Shares of the votes for the label and for the suggested class; null without votes. */
  readonly votes: { readonly label: number; readonly suggested: number } | null;
}

export interface VoteAudit {
  /** For each class, in order: its samples, those whose label has most votes, and those where no class has most votes. */
  readonly agreement: readonly { readonly samples: number; readonly agreeing: number; readonly undecided: number }[];
  /** Samples whose label no voter chose while most chose one other expression. */
  readonly against: readonly { readonly sample: number; readonly majority: number }[];
}

export interface AuditSources {
  /** Text of FER+'s file. */
  readonly votes?: string | undefined;
  readonly judge?: LabelJudge | undefined;
  readonly faces?: FaceWitnesses | undefined;
}

/** Audits every sample. Throws DatasetError when the votes do not belong to this dataset's rows. */
export async function auditDataset(
  dataset: PackedDataset,
  { votes: text, judge, faces }: AuditSources,
  { progress = silentProgress }: { readonly progress?: Progress } = {},
): Promise<Audit> {
  const votes = text === undefined ? undefined : votesOfSamples(dataset, text);
  const verdicts = votes && judgeByVotes({ ...dataset, votes, kinds: ferplusClasses });
  const { contrast } = lightStatistics(dataset);
  const blank = [...contrast.entries()]
    .filter(([, deviation]) => deviation < blankContrast)
    .map(([sample, deviation]) => ({ sample, deviation }));
  const isBlank = (sample: number) => contrast[sample]! < blankContrast;
  const duplicates = findDuplicates(dataset, isBlank, progress);
  const seen = Int32Array.from(dataset.splits.keys()).filter((sample) => !isBlank(sample));
  return {
    dataset,
    ...duplicates,
    blank,
    nonFaces: faces ? await findNonFaces(dataset, seen, { ...faces, verdicts, progress }) : null,
    labels: judge && judge.indices.length > 0 ? auditLabels(dataset, judge, votes) : null,
    votes: verdicts ? auditVotes(dataset, verdicts) : null,
  };
}

function auditLabels(dataset: PackedDataset, judge: LabelJudge, votes: Float32Array | undefined): LabelAudit {
  const { indices, probabilities, by, others } = judge;
  const { issues, joint, thresholds } = findLabelIssues({
    labels: Array.from(indices, (i) => dataset.classes[i]!),
    probabilities,
    classCount: dataset.labels.length,
  });
  const described = issues.map(({ index, ...issue }) => {
    const sample = indices[index]!;
    return { ...issue, sample, votes: votes ? votesFor(dataset, votes, sample, issue.suggested) : null };
  });
  return { by, others, judged: indices, joint, thresholds, issues: described };
}

function votesFor({ labels, classes }: PackedDataset, votes: Float32Array, sample: number, suggested: number) {
  const kinds = ferplusClasses.length;
  const row = { votes: votes.subarray(sample * kinds, (sample + 1) * kinds), kinds: ferplusClasses, labels };
  const share = (label: number) => judgeByVotes({ ...row, classes: [label] })[0]!.share ?? 0;
  return { label: share(classes[sample]!), suggested: share(suggested) };
}

function auditVotes({ labels, classes }: PackedDataset, verdicts: readonly VoteVerdict[]): VoteAudit {
  const agreement = labels.map(() => ({ samples: 0, agreeing: 0, undecided: 0 }));
  const against: { sample: number; majority: number }[] = [];
  verdicts.forEach((verdict, sample) => {
    const counts = agreement[classes[sample]!]!;
    counts.samples++;
    if (verdict.majority === classes[sample]) counts.agreeing++;
    else if (verdict.majority === null) counts.undecided++;
    if (isAgainstVotes(verdict)) against.push({ sample, majority: verdict.majority! });
  });
  return { agreement, against };
}
