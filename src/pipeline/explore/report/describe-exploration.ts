// The exploration of a dataset as tables, for the terminal and for the page.
import { percent } from '../../../core/numbers/percent.js';
import type { ReportTable } from '../../report/report-table.js';
import { tableLines } from '../../report/text-table.js';
import type { Exploration, LightMeasure } from '../exploration.js';

/** Number of kinds of pictures with a row of their own; the last row sums up the rest. */
const shownKinds = 24;

/** Samples by class and split. */
export function countTable({ labels, splits }: Exploration): ReportTable {
  const row = (heading: string, counts: readonly number[]) => [
    heading,
    ...counts.flatMap((count, split) => [number(count), percent(count / splits[split]!.count)]),
  ];
  return {
    columns: ['class', ...splits.flatMap(({ name }) => [name, 'share'])],
    rows: [
      ...labels.map((label, index) =>
        row(
          label,
          splits.map(({ classes }) => classes[index]!.count),
        ),
      ),
      row(
        'all',
        splits.map(({ count }) => count),
      ),
    ],
  };
}

/** Median and 5 to 95 % quantiles of a measure, by class and split. */
export function lightTable({ labels, splits }: Exploration, measure: LightMeasure): ReportTable {
  return {
    columns: ['class', ...splits.flatMap(({ name }) => [name, '5 to 95 %'])],
    rows: labels.map((label, index) => [
      label,
      ...splits.flatMap(({ classes }) => {
        const found = classes[index]![measure];
        if (found === null) return ['–', '–'];
        const [p5, , median, , p95] = found.quantiles;
        return [median.toFixed(1), `${p5.toFixed(1)} to ${p95.toFixed(1)}`];
      }),
    ]),
  };
}

/** Sizes, formats and colour of the pictures in a folder; of a packed dataset, the one size it has. */
export function sizeTable({ kinds, splits, count, width, height }: Exploration): ReportTable {
  const columns = ['size', 'format', 'colour', 'pictures', ...splits.map(({ name }) => name)];
  if (kinds === null) {
    const own = splits.map((split) => number(split.count));
    return { columns, rows: [[`${width} x ${height}`, 'packed', 'grey', number(count), ...own]] };
  }
  const counts = (some: readonly (typeof kinds)[number][]) => [
    number(some.reduce((sum, kind) => sum + kind.count, 0)),
    ...splits.map(({ name }) => number(some.reduce((sum, kind) => sum + (kind.splits[name] ?? 0), 0))),
  ];
  const rest = kinds.slice(shownKinds);
  return {
    columns,
    rows: [
      ...kinds
        .slice(0, shownKinds)
        .map((kind) => [
          `${kind.width} x ${kind.height}`,
          kind.format,
          kind.isGrey ? 'grey' : 'colour',
          ...counts([kind]),
        ]),
      ...(rest.length > 0 ? [[`${number(rest.length)} more`, '', '', ...counts(rest)]] : []),
    ],
  };
}

/** The text for the terminal. */
export function describeExploration(exploration: Exploration): string {
  const { name, count, width, height, hash, broken } = exploration;
  const blocks = [
    [`${name}: ${number(count)} samples of ${width} x ${height}, hash ${hash.slice(0, 12)}`, ...leftOut(broken)],
    tableLines(countTable(exploration)),
    ['brightness (mean of the pixels, 0 to 255), median', ...tableLines(lightTable(exploration, 'brightness'))],
    ['contrast (standard deviation of the pixels), median', ...tableLines(lightTable(exploration, 'contrast'))],
    tableLines(sizeTable(exploration)),
    [...exploration.findings],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The sentence on broken samples, if there were any. */
export function leftOut(broken: number): string[] {
  return broken === 0 ? [] : [`${number(broken)} broken ${broken === 1 ? 'sample was' : 'samples were'} left out.`];
}

function number(count: number): string {
  return count.toLocaleString('en');
}
