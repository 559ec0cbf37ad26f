// The findings of an audit by problem, in the form for tables, sheets and reports.
import type { Colour } from '../../core/image/draw.js';
import type { Audit, SampleIssue } from './audit.js';
import type { DuplicateGroup } from './find-duplicates.js';

/** The name of the problem and of its sheet. */
export const problemKinds = [
  'exact-duplicates',
  'conflicting-duplicates',
  'near-duplicates',
  'blank',
  'non-faces',
  'label-issues',
  'against-votes',
] as const;

export type ProblemKind = (typeof problemKinds)[number];

/** Samples that belong together, each with caption lines. */
export interface Finding {
  readonly samples: readonly { readonly sample: number; readonly notes: readonly string[] }[];
}

export interface Problem {
  readonly kind: ProblemKind;
  readonly title: string;
  /** The criterion of this problem, in a sentence. */
  readonly meaning: string;
  /** Colours of the frames; neighbouring findings alternate between them. */
  readonly frames: readonly Colour[];
  /** The strongest findings first. */
  readonly findings: readonly Finding[];
}

// Red for doubtful labels, blue for duplicates, green for pictures without a face.
const red: readonly Colour[] = [[200, 36, 44]];
const reds: readonly Colour[] = [...red, [128, 20, 32]];
const blues: readonly Colour[] = [
  [32, 92, 208],
  [16, 46, 112],
];
const green: readonly Colour[] = [[14, 124, 72]];

/** The problems that were checked, in this order, including those without findings. */
export function auditProblems(audit: Audit): Problem[] {
  return [
    ...duplicateProblems(audit),
    {
      kind: 'blank',
      title: 'Blank pictures',
      meaning: 'The brightness hardly varies.',
      frames: green,
      findings: audit.blank.map(({ sample, deviation }) => one(sample, [`deviation ${deviation.toFixed(1)}`])),
    },
    ...(audit.nonFaces === null ? [] : [nonFaceProblem(audit.nonFaces)]),
    ...(audit.labels === null ? [] : [labelProblem(audit, audit.labels.issues)]),
    ...(audit.votes === null ? [] : [voteProblem(audit, audit.votes.against)]),
  ];
}

function duplicateProblems(audit: Audit): Problem[] {
  const blank = new Set(audit.blank.map(({ sample }) => sample));
  // They have a sheet of their own.
  const isBlank = ({ samples }: DuplicateGroup) => blank.has(samples[0]!);
  const telling = (groups: readonly DuplicateGroup[]) =>
    [...groups].sort(
      (a, b) =>
        Number(isBlank(a)) - Number(isBlank(b)) ||
        Number(b.acrossSplits) - Number(a.acrossSplits) ||
        Number(b.conflicting) - Number(a.conflicting) ||
        a.samples[0]! - b.samples[0]!,
    );
  const findings = (groups: readonly DuplicateGroup[]) =>
    telling(groups).map(({ samples }) => ({ samples: samples.map((sample) => ({ sample, notes: [] })) }));
  return [
    {
      kind: 'exact-duplicates',
      title: 'Exact duplicates',
      meaning: 'Pixel-identical pictures; those in several splits come first.',
      frames: blues,
      findings: findings(audit.exactDuplicates),
    },
    {
      kind: 'conflicting-duplicates',
      title: 'Exact duplicates with different labels',
      meaning: 'The same pixels under different labels: at least one of them is wrong.',
      frames: reds,
      findings: findings(audit.exactDuplicates.filter(({ conflicting }) => conflicting)),
    },
    {
      kind: 'near-duplicates',
      title: 'Near duplicates',
      meaning:
        'Copies of one photograph, encoded, cropped or lit slightly differently, or mirrored; those in several splits come first.',
      frames: blues,
      findings: findings(audit.nearDuplicates),
    },
  ];
}

function nonFaceProblem(nonFaces: NonNullable<Audit['nonFaces']>): Problem {
  const notes = ({ confidence, votedNonFace }: (typeof nonFaces)[number]) => [
    ...(confidence === null ? [] : [`model ${confidence.toFixed(2)}`]),
    ...(votedNonFace ? ['voted no face'] : []),
  ];
  return {
    kind: 'non-faces',
    title: 'Likely no faces',
    meaning:
      'The face detectors find none, and the model is uncertain (its largest probability is below the picture) or most voters mark it as no face.',
    frames: green,
    findings: nonFaces.map((found) => one(found.sample, notes(found))),
  };
}

function labelProblem({ dataset }: Audit, issues: readonly SampleIssue[]): Problem {
  return {
    kind: 'label-issues',
    title: 'Labels that are likely wrong',
    meaning:
      'By confident learning from probabilities of models that were not trained on the picture. Below its label: the more likely class, and the probability p of the label. Lowest probability of the label first.',
    frames: red,
    findings: issues.map(({ sample, suggested, selfConfidence }) =>
      one(sample, [`rather ${dataset.labels[suggested]}`, `p ${selfConfidence.toFixed(2)}`]),
    ),
  };
}

function voteProblem({ dataset }: Audit, against: NonNullable<Audit['votes']>['against']): Problem {
  return {
    kind: 'against-votes',
    title: 'Labels against the votes',
    meaning: 'More than half of the voters chose one other expression, and none of them the label.',
    frames: red,
    findings: against.map(({ sample, majority }) => one(sample, [`votes: ${dataset.labels[majority]}`])),
  };
}

function one(sample: number, notes: readonly string[]): Finding {
  return { samples: [{ sample, notes }] };
}
