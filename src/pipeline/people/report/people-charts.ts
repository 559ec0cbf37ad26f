// The charts of an evaluation of people. Loads ECharts: import it only when a report is asked for.
import { percent } from '../../../core/numbers/percent.js';
import { type ChartMode, seriesStyle } from '../../report/chart-theme.js';
import { dashedAt } from '../../report/dashed-line.js';
import { drawChart } from '../../report/draw-chart.js';
import type { NamedFigure } from '../../report/report-files.js';
import type { PeopleEvaluation } from '../evaluate-people.js';

const size = { widthPx: 800, heightPx: 360 };
const percentAxis = { type: 'value', axisLabel: { formatter: (share: number) => percent(share, { digits: 0 }) } };
/** Markers on some of the points distinguish the lines without hiding them. */
const markerEvery = 6;

const rates = [
  ['named', 'known, named rightly'],
  ['falseReject', 'known, told unknown (false reject)'],
  ['misnamed', 'known, named as somebody else'],
  ['falseAccept', 'strangers, named (false accept)'],
] as const;

/** All rates over the threshold, with the estimated threshold as a dashed line. */
export function thresholdFigure({ curve, threshold }: PeopleEvaluation): NamedFigure {
  const learnt = threshold === null ? '' : ' The dashed line is the mean of the estimated thresholds.';
  return {
    file: 'rates-by-threshold',
    title: 'Rates over the threshold',
    caption: `Faces nearer than the threshold are named. The pictures of all splits together.${learnt}`,
    legend: rates.map(([, name]) => name),
    svg: drawChart(
      (mode) => ({
        grid: { left: 64, right: 24, top: 12, bottom: 56 },
        xAxis: {
          type: 'value',
          name: 'threshold (distance)',
          nameLocation: 'middle',
          nameGap: 32,
          ...thresholdRange(curve[0]!.threshold, curve.at(-1)!.threshold),
        },
        yAxis: { ...percentAxis, min: 0, max: 1 },
        series: rates.map(([key], i) => ({
          ...line(
            mode,
            i,
            curve.map((point) => [point.threshold, point[key]]),
          ),
          ...(i === 0 && threshold !== null ? { markLine: dashedAt(mode, threshold.mean) } : {}),
        })),
      }),
      size,
    ),
  };
}

/** In whole steps: of embeddings, whose distances are at most 2, tenths. */
function thresholdRange(least: number, most: number): { min: number; max: number } {
  const perUnit = most < 2 ? 10 : 1;
  return { min: Math.floor(perUnit * least) / perUnit, max: Math.ceil(perUnit * most) / perUnit };
}

/** Known people named correctly over strangers accepted; every split's own threshold as a point. */
export function tradeFigure({ curve, splits }: PeopleEvaluation): NamedFigure {
  const most = Math.min(
    1,
    Math.max(0.1, Math.ceil(20 * Math.max(...splits.map(({ falseAccept }) => falseAccept))) / 20),
  );
  return {
    file: 'named-by-false-accepts',
    title: 'Known people named rightly over strangers named',
    caption:
      'The line is for every threshold, the pictures of all splits together; a point is one split with its own threshold.',
    legend: ['every threshold', 'threshold of a split'],
    svg: drawChart(
      (mode) => ({
        grid: { left: 64, right: 24, top: 12, bottom: 56 },
        xAxis: {
          ...percentAxis,
          name: 'strangers, named (false accept)',
          nameLocation: 'middle',
          nameGap: 32,
          min: 0,
          max: most,
        },
        yAxis: { ...percentAxis, min: 0, max: 1 },
        series: [
          line(
            mode,
            0,
            curve.map(({ falseAccept, named }) => [falseAccept, named]),
          ),
          {
            type: 'scatter',
            color: seriesStyle(mode, 1).colour,
            symbol: seriesStyle(mode, 1).marker,
            symbolSize: 9,
            itemStyle: { opacity: 0.8 },
            data: splits.map(({ falseAccept, named }) => [falseAccept, named]),
          },
        ],
      }),
      size,
    ),
  };
}

function line(mode: ChartMode, index: number, points: readonly (readonly [number, number])[]): object {
  const { colour, marker } = seriesStyle(mode, index);
  return {
    type: 'line',
    color: colour,
    symbol: marker,
    showAllSymbol: true,
    data: points.map((value, i) => ({ value, ...((i + index) % markerEvery === 0 ? {} : { symbol: 'none' }) })),
  };
}
