// The latency of models as a chart. Loads ECharts: import it only when a report is asked for.
import { chartColours, seriesLook } from '../report/chart-theme.js';
import { drawChart } from '../report/draw-chart.js';
import type { Figure } from '../report/report-page.js';
import type { InferenceBench } from './bench-inference.js';
import { milliseconds } from './describe-bench.js';

const widthPx = 800;
const barPx = 20;

/** The median latency of the smallest batch: a group of bars for each model and runtime, a bar for each number of threads. */
export function latencyFigure({ results }: InferenceBench): Figure {
  const batch = Math.min(...results.map((each) => each.batch));
  const shown = results.filter((each) => each.batch === batch);
  const threads = [...new Set(shown.map((each) => each.threads))];
  const nameOf = ({ model, runtime }: (typeof shown)[number]) => `${model}, ${runtime}`;
  const names = [...new Set(shown.map(nameOf))];
  return {
    title: `Latency of ${batch === 1 ? 'one face' : `${batch} faces`}`,
    caption:
      'Milliseconds of a whole call, median, from faces in colour to predictions; node: onnxruntime-node, web: onnxruntime-web (WebAssembly) in Node.',
    legend: threads.map((count) => (count === 1 ? '1 thread' : `${count} threads`)),
    keys: 'area',
    svg: drawChart(
      (mode) => ({
        grid: { left: 20 + 8 * Math.max(...names.map((name) => name.length)), right: 80, top: 8, bottom: 48 },
        xAxis: { type: 'value', name: 'milliseconds', nameLocation: 'middle', nameGap: 28 },
        yAxis: { type: 'category', data: names, inverse: true, axisLabel: { interval: 0, hideOverlap: false } },
        series: threads.map((count, i) => ({
          type: 'bar',
          color: seriesLook(mode, i).colour,
          label: {
            show: true,
            position: 'right',
            fontSize: 12,
            color: chartColours[mode].text,
            formatter: ({ value }: { value: number }) => milliseconds(value),
          },
          data: names.map((name) => {
            const found = shown.find((each) => nameOf(each) === name && each.threads === count);
            return found?.latencyMs.p50 ?? '-';
          }),
        })),
      }),
      { widthPx, heightPx: 64 + names.length * (threads.length * barPx + 16) },
    ),
  };
}
