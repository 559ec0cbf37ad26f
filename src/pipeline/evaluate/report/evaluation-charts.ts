// The charts of an evaluation. Loads ECharts: import it only when a report is asked for.

import type { Colour } from '../../../core/image/draw.js';
import { percent } from '../../../core/numbers/percent.js';
import { labelWidth } from '../../report/category-axis.js';
import { type ChartMode, chartColours, seriesStyle } from '../../report/chart-theme.js';
import { type ChartOption, drawChart } from '../../report/draw-chart.js';
import { inkOn } from '../../report/ink-on.js';
import { drawIntervalChart } from '../../report/interval-chart.js';
import type { NamedFigure } from '../../report/report-files.js';
import { whiskers } from '../../report/whiskers.js';
import type { Evaluation } from '../evaluate.js';
import type { StressEvaluation } from '../stress.js';

const widthPx = 800;
/** The name of an axis. */
const namePx = 24;
/** Narrower cells show only their percentage, or nothing. */
const narrowestPx = { counts: 64, percentages: 40 };

const whole = (share: number) => percent(share, { digits: 0 });

/** The confusion matrix as a heat map: colour is the share of the row, each cell has its count and that share. */
export function confusionFigure({ labels, confusionMatrix, confusionShares, perClass }: Evaluation): NamedFigure {
  const left = labelWidth(labels) + namePx;
  const cellPx = (widthPx - left - 8) / labels.length;
  const isTurned = longest(labels) * 8 > cellPx;
  const top = namePx + (isTurned ? 20 + Math.min(110, 7 * longest(labels)) : 32);
  const text = (count: number, share: number, support: number) => {
    if (cellPx < narrowestPx.percentages) return '';
    const inPercent = support === 0 ? '–' : whole(share);
    return cellPx < narrowestPx.counts ? inPercent : `${count.toLocaleString('en')}\n${inPercent}`;
  };
  const content =
    cellPx < narrowestPx.counts
      ? 'The colour of a cell is'
      : 'Each cell counts pictures; the percentage, and the colour, is';
  const cells = (mode: ChartMode) =>
    confusionShares.flatMap((shares, row) =>
      shares.map((share, column) => ({
        value: [column, row, share],
        label: {
          formatter: text(confusionMatrix[row]![column]!, share, perClass[row]!.support),
          color: hexOf(inkOn(heat(mode, share))),
        },
      })),
    );
  return {
    file: 'confusion-matrix',
    title: 'Confusion matrix',
    caption: `Rows: the true class. Columns: what the model said. ${content} its share of the row.`,
    legend: [],
    svg: drawChart(
      (mode) => ({
        grid: { left, right: 8, top, bottom: 8, outerBoundsMode: 'none' },
        ...confusionAxes(labels, { left, top, isTurned }),
        visualMap: { show: false, min: 0, max: 1, inRange: { color: [0, 1].map((share) => hexOf(heat(mode, share))) } },
        series: [
          {
            type: 'heatmap',
            label: { show: true, fontSize: cellPx < narrowestPx.counts ? 11 : 13, lineHeight: 17 },
            itemStyle: { borderColor: chartColours[mode].ground, borderWidth: 2 },
            data: cells(mode),
          },
        ],
      }),
      { widthPx, heightPx: top + 8 + Math.round(labels.length * Math.min(64, cellPx)) },
    ),
  };
}

function confusionAxes(
  labels: readonly string[],
  { left, top, isTurned }: { left: number; top: number; isTurned: boolean },
): ChartOption {
  const axis = { type: 'category', data: labels, axisLine: { show: false }, splitLine: { show: false } };
  const label = { interval: 0, hideOverlap: false };
  return {
    xAxis: {
      ...axis,
      position: 'top',
      name: 'what the model said',
      nameLocation: 'middle',
      nameGap: top - 20,
      axisLabel: { ...label, ...(isTurned ? { rotate: 45, width: 150, overflow: 'truncate' } : {}) },
    },
    yAxis: {
      ...axis,
      inverse: true,
      name: 'true class',
      nameLocation: 'middle',
      nameGap: left - 16,
      axisLabel: { ...label, width: left - namePx - 16, overflow: 'breakAll' },
    },
  };
}

/** From a tint of the background, so that an empty cell remains visible, to the first colour of series. */
function heat(mode: ChartMode, share: number): Colour {
  const { line, series } = chartColours[mode];
  const [from, to] = [colourOf(line), colourOf(series[0]!)];
  return [0, 1, 2].map((i) => Math.round(from[i]! + share * (to[i]! - from[i]!))) as unknown as Colour;
}

/** The accuracy at each confidence; below it, the number of pictures. */
export function reliabilityFigure({ reliability, ece, intervals }: Evaluation): NamedFigure {
  const bins = reliability.flatMap(({ confidence, accuracy, interval }) =>
    confidence === null || accuracy === null ? [] : [{ confidence, accuracy, interval }],
  );
  return {
    file: 'reliability',
    title: 'Confidence and accuracy',
    caption: `Above: the share of right answers at each confidence, the probability of the class that was said, with 95 % intervals. On the dashed line confidence can be believed; below it the model is surer than right. Below: pictures at each confidence. Calibration error ${ece.toFixed(3)} (95 % interval ${intervals.ece.map((end) => end.toFixed(3)).join('–')}).`,
    legend: [],
    svg: drawChart(
      (mode) => ({
        ...reliabilityAxes(reliability.length),
        series: [
          {
            type: 'line',
            symbol: 'none',
            color: chartColours[mode].soft,
            lineStyle: { type: 'dashed', width: 1.5 },
            data: [
              [0, 0],
              [1, 1],
            ],
          },
          whiskers(
            bins.map(({ confidence, interval: [low, high] }) => [low, high, confidence]),
            { along: 'y', colour: seriesStyle(mode, 0).colour },
          ),
          {
            type: 'line',
            color: seriesStyle(mode, 0).colour,
            symbol: 'circle',
            symbolSize: 8,
            showAllSymbol: true,
            data: bins.map(({ confidence, accuracy }) => [confidence, accuracy]),
          },
          {
            type: 'bar',
            xAxisIndex: 1,
            yAxisIndex: 1,
            color: seriesStyle(mode, 0).colour,
            barCategoryGap: '8%',
            label: {
              show: true,
              position: 'top',
              color: chartColours[mode].text,
              formatter: ({ value }: { value: number }) => (value === 0 ? '' : value.toLocaleString('en')),
            },
            data: reliability.map(({ n }) => n),
          },
        ],
      }),
      { widthPx, heightPx: 516 },
    ),
  };
}

function reliabilityAxes(bins: number): ChartOption {
  const share = { type: 'value', min: 0, max: 1, interval: 0.2, axisLabel: { formatter: whole } };
  const name = { nameLocation: 'middle', nameGap: 52 };
  // Both have the same width, so that a bar lies under its point.
  const grid = { left: 76, right: 24, outerBoundsMode: 'none' };
  return {
    grid: [
      { ...grid, top: 12, height: 330 },
      { ...grid, top: 384, height: 96 },
    ],
    xAxis: [
      { ...share, axisLine: { show: true } },
      {
        type: 'category',
        gridIndex: 1,
        data: Array.from({ length: bins }, (_, i) => i),
        // The axis above has the same range.
        axisLabel: { show: false },
        name: 'confidence',
        nameLocation: 'middle',
        nameGap: 12,
      },
    ],
    yAxis: [
      { ...share, ...name, name: 'right' },
      {
        type: 'value',
        gridIndex: 1,
        ...name,
        name: 'pictures',
        splitLine: { show: false },
        splitNumber: 2,
        minInterval: 1,
        axisLabel: { formatter: (n: number) => n.toLocaleString('en') },
      },
    ],
  };
}

/** Precision, recall and F1 of each class with their intervals. */
export function classesFigure({ perClass }: Evaluation): NamedFigure {
  return {
    file: 'classes',
    title: 'Precision, recall and F1 of each class',
    caption:
      'Precision: of what the model calls by that name, the share that is. Recall: of what is, the share that it finds. F1: their harmonic mean. With 95 % intervals.',
    legend: ['precision', 'recall', 'F1'],
    svg: drawIntervalChart({
      categories: perClass.map(({ label, support }) => `${label} (${support.toLocaleString('en')})`),
      axis: 'share',
      series: [
        perClass.map(({ precision, precisionInterval }) => ({ share: precision, interval: precisionInterval })),
        perClass.map(({ recall, recallInterval }) => ({ share: recall, interval: recallInterval })),
        perClass.map(({ f1, f1Interval }) => ({ share: f1, interval: f1Interval })),
      ],
    }),
  };
}

/** Accuracy under each stress, at its three strengths, beside the accuracy on undistorted pictures. */
export function stressFigure({ n, clean, stresses }: StressEvaluation): NamedFigure {
  const strengths = ['weak', 'medium', 'strong'];
  return {
    file: 'stress',
    title: 'Accuracy under stress',
    caption: `The same ${n.toLocaleString('en')} pictures, distorted in eight ways at three strengths, with 95 % intervals. Dashed: undistorted, ${percent(clean.accuracy)}.`,
    legend: strengths,
    svg: drawIntervalChart({
      categories: stresses.map(({ name }) => name),
      axis: 'accuracy',
      reference: clean.accuracy,
      series: strengths.map((_, strength) =>
        stresses.map((stress) => {
          const { accuracy, interval } = stress.strengths[strength]!;
          return { share: accuracy, interval };
        }),
      ),
    }),
  };
}

function longest(labels: readonly string[]): number {
  return labels.reduce((most, label) => Math.max(most, [...label].length), 0);
}

function colourOf(hex: string): Colour {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour;
}

function hexOf(colour: Colour): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
