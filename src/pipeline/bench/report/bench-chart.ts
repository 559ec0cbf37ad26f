// The latency of models and of other engines as charts. Loads ECharts: import it only when a report is asked for.
import { chartColours, seriesStyle } from '../../report/chart-theme.js';
import { drawChart } from '../../report/draw-chart.js';
import type { Figure } from '../../report/report-page.js';
import type { InferenceBench } from '../bench-inference.js';
import type { PeersBench } from '../bench-peers.js';
import { engineTitle } from './describe-peers.js';
import { milliseconds } from './milliseconds.js';

const widthPx = 800;
const barPx = 20;

/** A bar: its group, its number of threads, its length. */
interface Bar {
  readonly name: string;
  readonly threads: number;
  readonly p50: number;
}

/** The median latency of the smallest batch: a group of bars for each model and runtime, a bar for each number of threads. */
export function latencyFigure({ results }: InferenceBench): Figure {
  const batch = Math.min(...results.map((each) => each.batch));
  const bars = results
    .filter((each) => each.batch === batch)
    .map(({ model, runtime, threads, latencyMs: { p50 } }) => ({ name: `${model}, ${runtime}`, threads, p50 }));
  return barFigure(bars, {
    title: `Latency of ${batch === 1 ? 'one face' : `${batch} faces`}`,
    caption:
      'Milliseconds of a whole call, median, from faces in colour to predictions; node: onnxruntime-node, web: onnxruntime-web (WebAssembly) in Node.',
  });
}

/** The median latency of one call of the same network in each engine. */
export function peersFigure({ results, architecture }: PeersBench): Figure {
  const bars = results.map(({ engine, threads, latencyMs: { p50 } }) => ({ name: engineTitle(engine), threads, p50 }));
  return barFigure(bars, {
    title: 'The same network, one picture',
    caption: `Milliseconds of a call, median, network '${architecture}', from a tensor to the probabilities in the caller's memory.`,
  });
}

function barFigure(bars: readonly Bar[], words: Pick<Figure, 'title' | 'caption'>): Figure {
  const threads = [...new Set(bars.map((bar) => bar.threads))];
  const names = [...new Set(bars.map(({ name }) => name))];
  return {
    ...words,
    legend: threads.map((count) => (count === 1 ? '1 thread' : `${count} threads`)),
    keys: 'area',
    svg: drawChart(
      (mode) => ({
        grid: { left: 20 + 8 * Math.max(...names.map((name) => name.length)), right: 80, top: 8, bottom: 48 },
        xAxis: { type: 'value', name: 'milliseconds', nameLocation: 'middle', nameGap: 28 },
        yAxis: { type: 'category', data: names, inverse: true, axisLabel: { interval: 0, hideOverlap: false } },
        series: threads.map((count, i) => ({
          type: 'bar',
          color: seriesStyle(mode, i).colour,
          label: {
            show: true,
            position: 'right',
            fontSize: 12,
            color: chartColours[mode].text,
            formatter: ({ value }: { value: number }) => milliseconds(value),
          },
          data: names.map((name) => bars.find((bar) => bar.name === name && bar.threads === count)?.p50 ?? '-'),
        })),
      }),
      { widthPx, heightPx: 64 + names.length * (threads.length * barPx + 16) },
    ),
  };
}
