// Confident learning (Northcutt, Jiang & Chuang 2021): which labels are likely wrong, from probabilities of models that did not train
// on them. Pruning by noise rate, as cleanlab does by default; the counts are rounded one by one.
import { argmax } from '../../numbers/argmax.js';

/** Labels with out-of-sample probabilities. */
export interface JudgedLabels {
  readonly labels: ArrayLike<number>;
  /** `[labels, classCount]`, out of sample, rows sum to 1. */
  readonly probabilities: Float32Array | Float64Array;
  readonly classCount: number;
}

/** A likely label error. */
export interface LabelIssue {
  /** Place in `labels`. */
  readonly index: number;
  /** The most probable class. */
  readonly suggested: number;
  /** Probability of the label, 0..1. */
  readonly selfConfidence: number;
  /** Probability of the label less the largest other one, -1..1. */
  readonly margin: number;
}

export interface ConfidentLearning {
  /** Mean probability of each class over the samples with that label; Infinity for a class without samples. */
  readonly thresholds: readonly number[];
  /** `[label][class]`: samples that are confidently of the class. */
  readonly confidentCounts: readonly (readonly number[])[];
  /** `[label][class]`: the estimated joint distribution of labels and true classes; sums to 1. */
  readonly joint: readonly (readonly number[])[];
  /** Worst first: by self-confidence. */
  readonly issues: readonly LabelIssue[];
}

/** Finds the likely label errors. Throws RangeError when the sizes do not fit or a label is out of range. */
export function findLabelIssues(judged: JudgedLabels): ConfidentLearning {
  const { labels, probabilities, classCount } = judged;
  if (probabilities.length !== labels.length * classCount) {
    throw new RangeError(
      `findLabelIssues: ${labels.length} labels of ${classCount} classes need as many probabilities, found ${probabilities.length}`,
    );
  }
  const thresholds = meanSelfConfidence(judged);
  const confidentCounts = countConfident(judged, thresholds);
  const joint = estimateJoint(judged, confidentCounts);
  return { thresholds, confidentCounts, joint, issues: pruneByNoiseRate(judged, joint) };
}

function meanSelfConfidence({ labels, probabilities, classCount }: JudgedLabels): number[] {
  const sums = new Float64Array(classCount);
  const counts = new Float64Array(classCount);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classCount)) {
      throw new RangeError(`findLabelIssues: labels must be 0..${classCount - 1}, found ${label} at ${i}`);
    }
    sums[label]! += probabilities[i * classCount + label]!;
    counts[label]! += 1;
  }
  return Array.from(sums, (sum, c) => (counts[c] === 0 ? Number.POSITIVE_INFINITY : sum / counts[c]!));
}

/** Equation 1: the most probable of the classes that reach their thresholds; samples where none does are not counted. */
function countConfident({ labels, probabilities, classCount }: JudgedLabels, thresholds: readonly number[]) {
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let i = 0; i < labels.length; i++) {
    let best = -1;
    for (let c = 0; c < classCount; c++) {
      const p = probabilities[i * classCount + c]!;
      if (p >= thresholds[c]! && (best < 0 || p > probabilities[i * classCount + best]!)) best = c;
    }
    if (best >= 0) counts[labels[i]!]![best]! += 1;
  }
  return counts;
}

/** Equation 2: each row of counts scaled to the number of its label, the whole to 1; a row without counts is taken as correct. */
function estimateJoint({ labels, classCount }: JudgedLabels, counts: readonly (readonly number[])[]): number[][] {
  const ofLabel = new Float64Array(classCount);
  for (let i = 0; i < labels.length; i++) ofLabel[labels[i]!]! += 1;
  return counts.map((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const share = ofLabel[label]! / Math.max(1, labels.length);
    return row.map((count, c) => (total === 0 ? (c === label ? share : 0) : (count / total) * share));
  });
}

/**
 * For each label i and other class j the n * joint[i][j] samples labelled i with the largest p(j) - p(i), except those whose label is
 * the most probable class.
 */
function pruneByNoiseRate(judged: JudgedLabels, joint: readonly (readonly number[])[]): LabelIssue[] {
  const { labels, probabilities, classCount } = judged;
  const byLabel = Array.from({ length: classCount }, (): number[] => []);
  for (let i = 0; i < labels.length; i++) byLabel[labels[i]!]!.push(i);
  const flagged = new Set<number>();
  byLabel.forEach((members, label) => {
    for (let c = 0; c < classCount; c++) {
      const count = c === label ? 0 : Math.round(labels.length * joint[label]![c]!);
      if (count === 0) continue;
      const lead = (i: number) => probabilities[i * classCount + c]! - probabilities[i * classCount + label]!;
      const ordered = [...members].sort((a, b) => lead(b) - lead(a) || a - b);
      for (const i of ordered.slice(0, count)) flagged.add(i);
    }
  });
  return [...flagged]
    .map((i) => describeIssue(judged, i))
    .filter(({ index, suggested }) => suggested !== labels[index])
    .sort((a, b) => a.selfConfidence - b.selfConfidence || a.index - b.index);
}

function describeIssue({ labels, probabilities, classCount }: JudgedLabels, index: number): LabelIssue {
  const label = labels[index]!;
  const row = probabilities.subarray(index * classCount, (index + 1) * classCount);
  const selfConfidence = row[label]!;
  const otherwise = Math.max(...row.filter((_, c) => c !== label));
  return { index, suggested: argmax(row), selfConfidence, margin: selfConfidence - otherwise };
}
