// A dashed line across a chart, at a place of its x axis.
import { type ChartMode, chartColours } from './chart-theme.js';

/** ECharts' `markLine` of a series. */
export function dashedAt(mode: ChartMode, x: number): object {
  return {
    silent: true,
    symbol: 'none',
    // ECharts rounds to two digits unless told otherwise.
    precision: 10,
    label: { show: false },
    lineStyle: { color: chartColours[mode].text, type: 'dashed', width: 1.5 },
    data: [{ xAxis: x }],
  };
}
