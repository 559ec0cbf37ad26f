// Draws a chart as SVG text with ECharts' server-side renderer: no page, no canvas. Heavy to load: import it when needed.
import {
  BarChart,
  BoxplotChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  ScatterChart,
} from 'echarts/charts';
import { GridComponent, MarkLineComponent, ParallelComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type ChartMode, chartTheme } from './chart-theme.js';

use([
  BarChart,
  BoxplotChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  ScatterChart,
  GridComponent,
  MarkLineComponent,
  ParallelComponent,
  VisualMapComponent,
  SVGRenderer,
]);

export interface ChartSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

export type ChartOption = EChartsCoreOption;

/** The chart in both modes, `<svg>` text each; `option` is asked for each, since series have their mode's colours. */
export function drawChart(option: (mode: ChartMode) => ChartOption, size: ChartSize): Record<ChartMode, string> {
  return { light: drawIn('light', option('light'), size), dark: drawIn('dark', option('dark'), size) };
}

function drawIn(mode: ChartMode, option: ChartOption, { widthPx, heightPx }: ChartSize): string {
  const chart = init(null, chartTheme(mode), { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
  try {
    chart.setOption({ animation: false, ...option });
    return withoutHover(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** Removes pointer rules: a static page does not need them, and their running numbers would make the same chart differ each time. */
function withoutHover(svg: string): string {
  return svg.replace(/ class="zr\d*-cls-\d+"| ecmeta_[a-z_]+="[^"]*"/g, '').replace(/<style ?>.*?<\/style>\n?/gs, '');
}
