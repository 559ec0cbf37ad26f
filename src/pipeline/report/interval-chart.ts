// A chart of shares with their intervals: a row for each category, in it a point with its interval for each series.
import { percent } from '../../core/numbers/percent.js';
import { categoryAxis, labelWidth } from './category-axis.js';
import { type ChartMode, chartColours, seriesStyle } from './chart-theme.js';
import { drawChart } from './draw-chart.js';
import { whiskers } from './whiskers.js';

/** A share 0..1 and its interval. */
export interface ShareWithInterval {
  readonly share: number;
  readonly interval: readonly [low: number, high: number];
}

export interface IntervalChart {
  /** Rows, from top to bottom. */
  readonly categories: readonly string[];
  /** A list for each series: a share for each category. */
  readonly series: readonly (readonly ShareWithInterval[])[];
  /** The title of the shares' axis. */
  readonly axis: string;
  /** A dashed line to compare with. */
  readonly reference?: number;
}

const widthPx = 800;
const stepPx = 16;

/** The SVG of the chart in both modes; the axis reaches from the lowest to the highest interval, rounded to 10 %. */
export function drawIntervalChart({ categories, series, axis, reference }: IntervalChart): Record<ChartMode, string> {
  const offsetPx = (index: number) => (index - (series.length - 1) / 2) * stepPx;
  const heightPx = 64 + categories.length * (series.length * stepPx + 16);
  const ends = series.flatMap((shares) => shares.flatMap(({ interval }) => interval));
  const [min, max] = [Math.floor(10 * Math.min(...ends)) / 10, Math.ceil(10 * Math.max(...ends)) / 10];
  return drawChart(
    (mode) => ({
      yAxis: { ...categoryAxis(categories), splitLine: { show: true, lineStyle: { color: chartColours[mode].line } } },
      grid: { left: labelWidth(categories), right: 24, top: 8, bottom: 56 },
      xAxis: {
        type: 'value',
        min,
        max,
        interval: max - min > 0.35 ? 0.1 : 0.05,
        name: axis,
        nameLocation: 'middle',
        nameGap: 32,
        axisLabel: { formatter: (share: number) => percent(share, { digits: 0 }) },
      },
      series: [
        ...(reference === undefined ? [] : [referenceLine(mode, reference)]),
        ...series.flatMap((shares, i) => {
          const { colour, marker } = seriesStyle(mode, i);
          return [
            whiskers(
              shares.map(({ interval: [low, high] }, row) => [low, high, row]),
              { along: 'x', colour, offsetPx: offsetPx(i) },
            ),
            {
              type: 'scatter',
              color: colour,
              symbol: marker,
              symbolSize: 9,
              symbolOffset: [0, offsetPx(i)],
              itemStyle: { opacity: 1 },
              data: shares.map(({ share }, row) => [share, row]),
            },
          ];
        }),
      ],
    }),
    { widthPx, heightPx },
  );
}

/** A dashed line across all rows. */
function referenceLine(mode: ChartMode, share: number): object {
  return {
    type: 'scatter',
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      // ECharts rounds to two digits unless told otherwise.
      precision: 10,
      label: { show: false },
      lineStyle: { color: chartColours[mode].text, type: 'dashed', width: 1.5 },
      data: [{ xAxis: share }],
    },
  };
}
