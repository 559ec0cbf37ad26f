// An audit as text for a terminal, and as the tables that the report shares with it.
import { percent } from '../../../core/numbers/percent.js';
import type { ReportTable } from '../../report/report-table.js';
import { tableLines } from '../../report/text-table.js';
import type { Audit } from '../audit.js';
import { auditProblems, type Problem } from '../problems.js';

/** Several lines, ending with a line end. */
export function describeAudit(audit: Audit): string {
  const { dataset } = audit;
  const lines = [
    `${grouped(dataset.count)} samples of ${dataset.width}x${dataset.height}, hash ${dataset.hash}`,
    '',
    ...tableLines(problemTable(audit)),
    '',
    ...sentences(audit),
    ...(audit.votes === null ? [] : ['', ...tableLines(agreementTable(audit, audit.votes))]),
  ];
  return `${lines.join('\n')}\n`;
}

/** A row for each problem: its number of findings, and of samples, in all and in each split. */
export function problemTable(audit: Audit): ReportTable {
  const { splitNames, splits } = audit.dataset;
  const present = splitNames.map((_, split) => split).filter((split) => splits.includes(split));
  return {
    columns: ['problem', 'found', 'samples', ...present.map((split) => splitNames[split]!)],
    rows: auditProblems(audit).map((problem) => {
      const samples = samplesOf(problem);
      const inSplit = present.map((split) => samples.filter((sample) => splits[sample] === split).length);
      return [problem.title, ...[problem.findings.length, samples.length, ...inSplit].map(grouped)];
    }),
  };
}

function samplesOf({ findings }: Problem): number[] {
  return findings.flatMap(({ samples }) => samples.map(({ sample }) => sample));
}

/** For each class, the agreement of its labels with the votes. */
export function agreementTable({ dataset }: Audit, { agreement }: NonNullable<Audit['votes']>): ReportTable {
  const share = (part: number, whole: number) => (whole === 0 ? '–' : percent(part / whole));
  const row = (name: string, { samples, agreeing, undecided }: (typeof agreement)[number]) => [
    name,
    grouped(samples),
    share(agreeing, samples),
    share(samples - agreeing - undecided, samples),
    share(undecided, samples),
  ];
  const total = agreement.reduce(
    (sum, counts) => ({
      samples: sum.samples + counts.samples,
      agreeing: sum.agreeing + counts.agreeing,
      undecided: sum.undecided + counts.undecided,
    }),
    { samples: 0, agreeing: 0, undecided: 0 },
  );
  return {
    columns: ['label', 'samples', 'most votes for it', 'for another', 'no such majority'],
    rows: [...agreement.map((counts, c) => row(dataset.labels[c]!, counts)), row('all', total)],
  };
}

/** Information that is not in the tables: duplicates across splits, and the models that judged the labels. */
export function sentences(audit: Audit): string[] {
  const { exactAcrossSplits, nearAcrossSplits, dataset, labels } = audit;
  const shared = (groups: Audit['exactAcrossSplits'], how: string) =>
    groups.map(({ split, other, samples }) =>
      samples === 1
        ? `1 sample of ${split} is ${how} in ${other}.`
        : `${grouped(samples)} samples of ${split} are ${how} in ${other}.`,
    );
  return [
    ...shared(exactAcrossSplits, 'pixel for pixel'),
    ...shared(nearAcrossSplits, 'exactly or nearly'),
    ...(labels === null
      ? []
      : [
          `Labels of ${grouped(labels.judged.length)} samples judged by ${labels.by}.`,
          ...(labels.judged.length === dataset.count
            ? []
            : [`The other ${grouped(dataset.count - labels.judged.length)} are not judged: ${labels.others}.`]),
          `About ${percent(offDiagonal(labels.joint))} of the judged labels are estimated to be wrong; models make errors too, so inspect them first.`,
        ]),
  ];
}

function offDiagonal(joint: readonly (readonly number[])[]): number {
  return joint.reduce(
    (sum, row, label) => sum + row.reduce((part, share, c) => (c === label ? part : part + share), 0),
    0,
  );
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
