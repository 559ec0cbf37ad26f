// The comparison of runs as a self-contained page with curves. Loads ECharts: import it only when a report is asked for.
import { percent } from '../../../../core/numbers/percent.js';

import { type ChartMode, seriesStyle } from '../../../report/chart-theme.js';
import { type ChartOption, drawChart } from '../../../report/draw-chart.js';
import { figureHtml, foldedSection, paragraph, reportPage, section, tableHtml } from '../../../report/report-page.js';
import type { RunComparison } from '../compare-runs.js';
import { type EpochRecord, type ValidationShare, validationShares } from '../run-record.js';
import { describeDifference, differenceRows, figureRows } from './describe-runs.js';

type Runs = RunComparison['runs'];

const size = { widthPx: 800, heightPx: 340 };

/** The page as HTML text. */
export function comparisonReport(comparison: RunComparison): string {
  const { runs, accuracy } = comparison;
  const names = runs.map(({ name }) => name);
  return reportPage(`Runs compared: ${names.join(', ')}`, [
    section('Figures', [
      tableHtml({ columns: ['', ...names], rows: figureRows(runs) }),
      ...accuracy.map((difference) => paragraph(`Kept weights, ${describeDifference(difference)}.`)),
    ]),
    section('What differs', [tableHtml({ columns: ['setting', ...names], rows: differenceRows(comparison) })]),
    section('Curves', [
      lossFigure(runs),
      ...validationShares(runs).map((share) => shareFigure(runs, share)),
      learningRateFigure(runs),
    ]),
    foldedSection('Every epoch', runs.map(epochTable)),
  ]);
}

function lossFigure(runs: Runs): string {
  return figureHtml({
    title: 'Loss over epochs',
    caption:
      'Mean cross-entropy. Solid with markers: validation; dashed: training, which includes label smoothing and penalties.',
    legend: runs.map(({ name }) => name),
    svg: drawChart(
      (mode) => ({
        ...axes(runs, (value) => String(value)),
        series: [
          ...runs.map((run, i) => line(mode, i, run.history, ({ trainingLoss }) => trainingLoss, 'dashed')),
          ...runs.map((run, i) => line(mode, i, run.history, ({ validationLoss }) => validationLoss)),
        ],
      }),
      size,
    ),
  });
}

const captions: Readonly<Record<ValidationShare['name'], string>> = {
  accuracy: 'Share of the validation pictures that are right',
  'average precision': 'Of the faces that are not too small to ask for, on the pictures that were held back',
};

function shareFigure(runs: Runs, { name, of }: ValidationShare): string {
  const counts = [...new Set(runs.flatMap(({ last }) => last?.n ?? []))].map((n) => n.toLocaleString('en'));
  return figureHtml({
    title: `Validation ${name} over epochs`,
    caption: `${captions[name]}${counts.length > 0 ? `, n = ${counts.join(' and ')}` : ''}.`,
    legend: runs.map(({ name }) => name),
    svg: drawChart(
      (mode) => ({
        ...axes(runs, (share) => `${Math.round(1000 * share) / 10} %`),
        series: runs.map((run, i) => line(mode, i, run.history, of)),
      }),
      size,
    ),
  });
}

function learningRateFigure(runs: Runs): string {
  return figureHtml({
    title: 'Learning rate over epochs',
    caption: 'The rate of the last step of each epoch.',
    legend: runs.map(({ name }) => name),
    svg: drawChart(
      (mode) => ({
        ...axes(runs, (rate) => String(Number(rate.toPrecision(6)))),
        series: runs.map((run, i) => line(mode, i, run.history, ({ learningRate }) => learningRate)),
      }),
      size,
    ),
  });
}

function axes(runs: Runs, format: (value: number) => string): ChartOption {
  const longest = Math.max(1, ...runs.map(({ history }) => history.length));
  return {
    grid: { left: 64, right: 24, top: 20, bottom: 48 },
    xAxis: {
      type: 'value',
      name: 'epoch',
      nameLocation: 'middle',
      nameGap: 30,
      min: 1,
      max: Math.max(2, longest),
      minInterval: 1,
      splitLine: { show: false },
      axisLine: { show: true },
    },
    yAxis: { type: 'value', scale: true, axisLabel: { formatter: format } },
  };
}

function line(
  mode: ChartMode,
  index: number,
  history: readonly EpochRecord[],
  value: (epoch: EpochRecord) => number | undefined,
  kind: 'solid' | 'dashed' = 'solid',
): object {
  const { colour, marker } = seriesStyle(mode, index);
  // With many epochs, markers on some of them distinguish the lines without hiding them.
  const every = Math.max(1, Math.ceil(history.length / 12));
  return {
    type: 'line',
    color: colour,
    lineStyle: { type: kind, width: kind === 'dashed' ? 1.5 : 2 },
    symbol: kind === 'dashed' ? 'none' : marker,
    showAllSymbol: true,
    data: history.map((epoch, i) => ({
      // ECharts skips null: an epoch without validation.
      value: [epoch.epoch, value(epoch) ?? null],
      ...(kind === 'solid' && (i + index) % every !== 0 && history.length > 1 ? { symbol: 'none' } : {}),
    })),
  };
}

function epochTable({ name, history }: Runs[number]): string {
  const share = (value: number | undefined) => (value === undefined ? '–' : percent(value, { digits: 2 }));
  const shares = validationShares([{ history }]);
  return section(name, [
    tableHtml({
      columns: [
        'epoch',
        'training loss',
        'training accuracy',
        'validation loss',
        ...shares.map((figure) => `validation ${figure.name}`),
        'learning rate',
        'images/s',
      ],
      rows: history.map((epoch) => [
        String(epoch.epoch),
        epoch.trainingLoss.toFixed(4),
        share(epoch.trainingAccuracy),
        epoch.validationLoss?.toFixed(4) ?? '–',
        ...shares.map(({ of }) => share(of(epoch))),
        String(Number(epoch.learningRate.toPrecision(4))),
        epoch.imagesPerSecond === undefined ? '–' : String(Math.round(epoch.imagesPerSecond)),
      ]),
    }),
  ]);
}
