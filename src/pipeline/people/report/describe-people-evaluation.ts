// An evaluation of people in words and tables.
import { percent } from '../../../core/numbers/percent.js';
import type { ReportTable } from '../../report/report-table.js';
import { tableLines } from '../../report/text-table.js';
import type { MeanAndDeviation, PeopleEvaluation } from '../evaluate-people.js';
import { describeDistance, describeShare } from './describe-distance.js';

/** The evaluation for a terminal. */
export function describePeopleEvaluation(evaluation: PeopleEvaluation): string {
  const lines = [...protocol(evaluation), '', ...tableLines(rateTable(evaluation))];
  return `${lines.join('\n')}\n`;
}

/** The numbers of known people, their pictures, and the probes. */
export function protocol({ people, pictures, config, splits }: PeopleEvaluation): string[] {
  const { seed } = config;
  const last = seed + splits.length - 1;
  const { knownPeople, learnt, knownProbes, strangerProbes } = splits[0]!;
  const drawn = splits.length === 1 ? `One split, seed ${seed}` : `${splits.length} splits, seeds ${seed} to ${last}`;
  return [
    `${people} people, ${pictures} pictures. ${drawn}; in ${splits.length === 1 ? 'it' : 'the first'} ${knownPeople} people are enrolled from ${learnt} pictures; the probes are ${knownProbes} other pictures of them and ${strangerProbes} of ${people - knownPeople} strangers.`,
    `${seenAs(config)}.`,
  ];
}

function seenAs({ method, align, plain, falseAccepts }: PeopleEvaluation['config']): string {
  const gallery = 'the threshold is found from the gallery alone';
  if (method === 'embedding') {
    return `Faces are compared by their embedding; ${gallery}, for ${describeShare(falseAccepts)} of the strangers named`;
  }
  return `${preparation(align, plain)}; ${gallery}`;
}

function preparation(align: boolean, plain: boolean): string {
  const cut = align ? 'Faces are cropped upright by the eyes' : 'Pictures are used whole';
  return align && !plain ? `${cut}, with illumination normalisation` : `${cut}, without illumination normalisation`;
}

/** Each rate with its mean and spread over the splits. */
export function rateTable(evaluation: PeopleEvaluation): ReportTable {
  const { rankOne, named, misnamed, falseReject, falseAccept, threshold, inHindsight } = evaluation;
  const row = (heading: string, figure: MeanAndDeviation, format: (value: number) => string = share) => [
    heading,
    format(figure.mean),
    figure.deviation === null ? '–' : format(figure.deviation),
  ];
  return {
    columns: ['', 'mean', 'standard deviation'],
    rows: [
      row('known, accepted and named rightly', named),
      row('known, rejected as unknown (false reject)', falseReject),
      row('known, named as somebody else', misnamed),
      row('strangers, named (false accept)', falseAccept),
      row('rank 1: nearest is the right person', rankOne),
      ...(threshold === null ? [] : [row('threshold (distance)', threshold, describeDistance)]),
      ...inHindsight.map(({ falseAccept: accepted, named: best }) =>
        row(`named rightly, best threshold in hindsight at ${percent(accepted, { digits: 0 })} false accepts`, best),
      ),
    ],
  };
}

/** A row for each split. */
export function splitTable({ splits }: PeopleEvaluation): ReportTable {
  return {
    columns: ['seed', 'threshold', 'named rightly', 'false reject', 'named wrongly', 'false accept', 'rank 1'],
    rows: splits.map((split) => [
      String(split.seed),
      split.threshold === null ? 'none' : describeDistance(split.threshold),
      ...[split.named, split.falseReject, split.misnamed, split.falseAccept, split.rankOne].map(share),
    ]),
  };
}

/** A row for each threshold of the curve. */
export function curveTable({ curve }: PeopleEvaluation): ReportTable {
  return {
    columns: ['threshold', 'named rightly', 'false reject', 'named wrongly', 'false accept'],
    rows: curve.map(({ threshold, named, falseReject, misnamed, falseAccept }) => [
      describeDistance(threshold),
      ...[named, falseReject, misnamed, falseAccept].map(share),
    ]),
  };
}

const share = (value: number): string => percent(value);
