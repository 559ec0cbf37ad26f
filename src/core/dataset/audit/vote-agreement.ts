// Compares labels with the votes of several people on the same pictures.
import { findLabel } from '../label-names.js';

/** How one label agrees with the votes. */
export interface VoteVerdict {
  /** Share of the votes for the label, 0..1; null when nobody voted, or no kind of vote stands for the label. */
  readonly share: number | null;
  /** The class that more than half of the votes name; null when none does. */
  readonly majority: number | null;
  /** True when more than half of the votes are for no face. */
  readonly isNonFace: boolean;
}

export interface VotesOnSamples {
  /** `[count, kinds]`. */
  readonly votes: Float32Array;
  /** The kinds of votes, e.g. FER+'s classes; `NF` is no face. */
  readonly kinds: readonly string[];
  readonly classes: ArrayLike<number>;
  readonly labels: readonly string[];
}

/** The agreement for each sample. Kinds of votes are matched to classes by their names ('anger' is 'angry'); votes for others count in the total. */
export function judgeByVotes({ votes, kinds, classes, labels }: VotesOnSamples): VoteVerdict[] {
  const classOf = kinds.map((kind) => findLabel(labels, kind));
  return Array.from(classes, (label, i) => {
    const row = votes.subarray(i * kinds.length, (i + 1) * kinds.length);
    const total = row.reduce((sum, count) => sum + count, 0);
    const own = classOf.indexOf(label);
    const top = row.findIndex((count) => count > total / 2);
    return {
      share: total === 0 || own < 0 ? null : row[own]! / total,
      majority: top < 0 || classOf[top]! < 0 ? null : classOf[top]!,
      isNonFace: top >= 0 && kinds[top] === 'NF',
    };
  });
}

/** True when most voters chose another expression and none the label. */
export function isAgainstVotes({ share, majority }: VoteVerdict): boolean {
  return share === 0 && majority !== null;
}
