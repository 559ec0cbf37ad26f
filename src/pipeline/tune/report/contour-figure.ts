// The value over two parameters as a map; between trials it is the mean of the others, weighted by their distance.
import { type ChartMode, chartColours } from '../../report/chart-theme.js';
import { drawChart } from '../../report/draw-chart.js';
import type { NamedFigure } from '../../report/report-files.js';
import { completeTrials, fileName, type ShownStudy, strength } from './study-charts.js';
import type { ParameterAxis } from './value-axis.js';

const cells = 32;
const size = { widthPx: 800, heightPx: 440 };

export function contourFigure({ trials, direction }: ShownStudy, x: ParameterAxis, y: ParameterAxis): NamedFigure {
  const own = completeTrials(trials).filter(({ params }) => [x, y].every(({ name }) => Object.hasOwn(params, name)));
  const points = own.map(({ params, value }) => ({ x: x.share(params[x.name]!), y: y.share(params[y.name]!), value }));
  const ranks = rankShares(
    points.map(({ value }) => value),
    direction === 'maximize',
  );
  const map = Array.from({ length: cells * cells }, (_, i) => {
    const [column, row] = [i % cells, Math.floor(i / cells)];
    return [column, row, interpolated(points, ranks, (column + 0.5) / cells, (row + 0.5) / cells)];
  });
  return {
    file: `contour-${fileName(x.name)}-${fileName(y.name)}`,
    title: `${x.name} and ${y.name}`,
    caption: 'The stronger, the better, by rank; points are complete trials, and between them the nearest ones decide.',
    legend: [],
    svg: drawChart(
      (mode) => ({
        grid: { left: 72, right: 24, top: 16, bottom: 48 },
        xAxis: [
          { type: 'category', show: false, data: indices() },
          {
            name: x.name,
            nameLocation: 'middle',
            nameGap: 30,
            position: 'bottom',
            ...x.option,
            splitLine: { show: false },
          },
        ],
        yAxis: [
          { type: 'category', show: false, data: indices() },
          {
            name: y.name,
            nameLocation: 'middle',
            nameGap: 52,
            position: 'left',
            ...y.option,
            splitLine: { show: false },
          },
        ],
        visualMap: {
          show: false,
          min: 0,
          max: 1,
          seriesIndex: 0,
          inRange: { color: [0, 0.5, 1].map((share) => strength(mode, share)) },
        },
        series: [
          { type: 'heatmap', data: map, progressive: 0, itemStyle: { borderWidth: 0 } },
          {
            type: 'scatter',
            xAxisIndex: 1,
            yAxisIndex: 1,
            symbolSize: 6,
            itemStyle: pointStyle(mode),
            data: own.map(({ params }) => [x.place(params[x.name]!), y.place(params[y.name]!)]),
          },
        ],
      }),
      size,
    ),
  };
}

/** 1 for the best, towards 0 for the worst: a few very bad trials would hide the differences between the others. */
function rankShares(values: readonly number[], isHigherBetter: boolean): number[] {
  const order = values
    .map((_, i) => i)
    .sort((i, j) => (isHigherBetter ? values[i]! - values[j]! : values[j]! - values[i]!));
  const shares = new Array<number>(values.length).fill(0);
  order.forEach((index, rank) => {
    shares[index] = (rank + 1) / order.length;
  });
  return shares;
}

/** Shepard's weights (1968): the inverse of the fourth power of the distance. */
function interpolated(
  points: readonly { x: number; y: number }[],
  ranks: readonly number[],
  x: number,
  y: number,
): number {
  let [sum, total] = [0, 0];
  points.forEach((point, i) => {
    const weight = 1 / ((point.x - x) ** 2 + (point.y - y) ** 2 + 1e-4) ** 2;
    sum += weight * ranks[i]!;
    total += weight;
  });
  return sum / total;
}

function pointStyle(mode: ChartMode): object {
  const { ground, text } = chartColours[mode];
  return { color: text, borderColor: ground, borderWidth: 1, opacity: 1 };
}

function indices(): number[] {
  return Array.from({ length: cells }, (_, i) => i);
}
