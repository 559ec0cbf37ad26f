// Runs as text for a terminal: the list, and the comparison. Every accuracy has its interval and n.
import { percent, points } from '../../../../core/numbers/percent.js';
import { describeSeconds } from '../../../report/describe-seconds.js';
import { printable, sparkline, textTable } from '../../../report/text-table.js';
import type { AccuracyDifference, RunComparison } from '../compare-runs.js';
import type { EpochSummary, RunList, RunSummary } from '../list-runs.js';
import { type EpochRecord, validationShares } from '../run-record.js';

/** Several lines, ending with a line end. `folder`: where the runs are. */
export function describeRunList({ runs, skipped }: RunList, folder: string): string {
  const lines: string[] = [];
  if (runs.length === 0) {
    lines.push(`no run in ${printable(folder)}; 'moodlens train --out ${printable(folder)}/NAME' makes one`);
  } else {
    lines.push(
      ...textTable(
        [
          { title: 'run' },
          { title: 'architecture' },
          { title: 'parameters', align: 'right' },
          { title: 'epochs', align: 'right' },
          { title: 'state' },
          { title: 'best', align: 'right' },
          { title: 'accuracy (95 % interval)' },
          { title: 'loss', align: 'right' },
          { title: 'images/s', align: 'right' },
          { title: 'started (UTC)' },
          { title: 'took', align: 'right' },
        ],
        runs.map(listRow),
      ),
      "accuracy, loss: validation, for the run's kept weights (config: keep); best: the epoch of the lowest validation loss",
    );
  }
  for (const { name, reason } of runs)
    if (reason !== null) lines.push(`${printable(name)} failed: ${printable(reason)}`);
  for (const { name, kind, reason } of skipped) {
    lines.push(`${kind === 'damaged' ? 'damaged' : 'no run'}: ${printable(name)} (${printable(reason)})`);
  }
  return `${lines.join('\n')}\n`;
}

function listRow(run: RunSummary): string[] {
  const { epochs, kept, best } = run;
  return [
    run.name,
    run.architecture,
    `${(run.parameters / 1e6).toFixed(2)} M`,
    `${epochs.done}/${epochs.total}`,
    run.state,
    best === null ? '–' : String(best.epoch),
    kept === null ? '–' : describeAccuracy(kept),
    kept === null ? '–' : kept.validationLoss.toFixed(4),
    describeRate(run.imagesPerSecond),
    describeTime(run.startedAt),
    describeSeconds(run.seconds),
  ];
}

/** Several lines, ending with a line end. */
export function describeComparison(comparison: RunComparison): string {
  const { runs, accuracy } = comparison;
  const parts = [
    textTable([{ title: '' }, ...runs.map(({ name }) => ({ title: name }))], figureRows(runs)),
    textTable([{ title: 'what differs' }, ...runs.map(({ name }) => ({ title: name }))], differenceRows(comparison)),
    ...(accuracy.length === 0
      ? []
      : [['accuracy of the kept weights', ...accuracy.map(describeDifference).map(printable)]]),
    curves(
      'validation loss',
      runs,
      ({ validationLoss }) => validationLoss,
      (value) => value.toFixed(4),
    ),
    ...validationShares(runs).map(({ name, of }) => curves(`validation ${name}`, runs, of, (share) => percent(share))),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The rows of the table of figures, for the terminal and for the report: a heading, then a cell per run. */
export function figureRows(runs: readonly RunSummary[]): string[][] {
  const row = (heading: string, cell: (run: RunSummary) => string) => [heading, ...runs.map(cell)];
  const epoch = (heading: string, of: (run: RunSummary) => EpochSummary | null) => {
    const figure = (text: (figures: EpochSummary) => string) => (run: RunSummary) => {
      const figures = of(run);
      return figures === null ? '–' : text(figures);
    };
    return [
      row(
        heading,
        figure((figures) => String(figures.epoch)),
      ),
      row('  validation accuracy (95 % interval)', figure(describeAccuracy)),
      row(
        '  validation loss',
        figure(({ validationLoss }) => validationLoss.toFixed(4)),
      ),
      row(
        '  training loss',
        figure(({ trainingLoss }) => trainingLoss.toFixed(4)),
      ),
    ];
  };
  return [
    row('state', ({ state }) => state),
    row('architecture', ({ architecture }) => architecture),
    row('parameters', ({ parameters }) => parameters.toLocaleString('en')),
    row('multiply-adds', ({ multiplyAdds }) => `${(multiplyAdds / 1e6).toFixed(1)} million`),
    row('epochs', ({ epochs: { done, total } }) => `${done}/${total}`),
    row('kept weights', ({ keep }) => (keep === 'best' ? 'best epoch' : 'last epoch')),
    ...epoch('best epoch', ({ best }) => best),
    ...epoch('last epoch', ({ last }) => last),
    row('images/s', ({ imagesPerSecond }) => describeRate(imagesPerSecond)),
    row('started (UTC)', ({ startedAt }) => describeTime(startedAt)),
    row('took', ({ seconds }) => describeSeconds(seconds)),
  ];
}

/** The rows of the table of differing settings. */
export function differenceRows({ differences, runs }: RunComparison): string[][] {
  if (differences.length === 0) return [['nothing', ...runs.map(() => '')]];
  return differences.map(({ key, values }) => [key, ...values.map((value) => (value === null ? '–' : String(value)))]);
}

/** A sentence: the difference, its interval, and what follows from it. */
export function describeDifference(found: AccuracyDifference): string {
  const { run, against, difference, interval, n, distinguishable, sameSamples } = found;
  const signed = (share: number) => points(share).replace('-', '−');
  const counts =
    n[0] === n[1]
      ? `n = ${n[0].toLocaleString('en')} each`
      : `n = ${n[0].toLocaleString('en')} and ${n[1].toLocaleString('en')}`;
  const says = distinguishable
    ? `${difference > 0 ? run : against} is better`
    : 'these n cannot tell them apart: either may be the better one';
  const samples = sameSamples
    ? ''
    : '; they validated on different pictures, so part of the difference may be the pictures';
  return `${run} against ${against}: ${signed(difference)} points, 95 % interval ${signed(interval[0])} to ${signed(interval[1])}, ${counts}: ${says}${samples}`;
}

function curves(
  title: string,
  runs: RunComparison['runs'],
  value: (epoch: EpochRecord) => number | undefined,
  format: (value: number) => string,
): string[] {
  const all = runs.map(({ history }) => history.flatMap((epoch) => value(epoch) ?? []));
  const low = Math.min(...all.flat());
  const high = Math.max(...all.flat());
  const rows = runs.map(({ name }, i) => {
    const values = all[i]!;
    const none = runs[i]!.history.length === 0 ? 'no epoch yet' : 'nothing validates';
    const ends = values.length === 0 ? none : `${format(values[0]!)} → ${format(values.at(-1)!)}`;
    return [name, sparkline(values, low, high), ends];
  });
  const scale = Number.isFinite(low) ? `${format(low)} to ${format(high)}` : '';
  return textTable([{ title }, { title: scale }, { title: 'first → last epoch' }], rows);
}

function describeAccuracy({ accuracy, interval, n }: EpochSummary): string {
  return `${percent(accuracy)} (${percent(interval[0], { unit: false })}–${percent(interval[1], { unit: false })}, n = ${n.toLocaleString('en')})`;
}

function describeRate(rate: number | null): string {
  return rate === null ? '–' : Math.round(rate).toLocaleString('en');
}

function describeTime(iso: string | null): string {
  return iso === null ? '–' : iso.slice(0, 16).replace('T', ' ');
}
