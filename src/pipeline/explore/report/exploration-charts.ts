// The charts of a dataset. Loads ECharts: import it only when a report is asked for.
import { percent } from '../../../core/numbers/percent.js';
import { categoryAxis, labelWidth } from '../../report/category-axis.js';
import { type ChartMode, chartColours, seriesStyle } from '../../report/chart-theme.js';
import { type ChartOption, drawChart } from '../../report/draw-chart.js';
import type { NamedFigure } from '../../report/report-files.js';
import { type Exploration, type LightMeasure, lightBins, lightRange, type SplitSummary } from '../exploration.js';

const widthPx = 800;
const barPx = 20;
const measures: Readonly<Record<LightMeasure, string>> = {
  brightness: 'Mean of the pixels of a picture, 0 is black and 255 white.',
  contrast: 'Standard deviation of the pixels of a picture, 0 is one plain grey.',
};

/** Samples of each class, a bar per split with its count and share. */
export function classFigure({ labels, splits }: Exploration): NamedFigure {
  const label = ({ value, seriesIndex }: { value: number; seriesIndex: number }) =>
    `${value.toLocaleString('en')} (${percent(value / splits[seriesIndex]!.count)})`;
  return {
    file: 'class-distribution',
    title: 'Samples of each class',
    caption: 'Counts, and in brackets the share of the split.',
    legend: splits.map(({ name, count }) => `${name} (${count.toLocaleString('en')})`),
    keys: 'area',
    svg: drawChart(
      (mode) => ({
        yAxis: categoryAxis(labels),
        // Room for the longest label at the longest bar.
        grid: { left: labelWidth(labels), right: 130, top: 8, bottom: 32 },
        xAxis: {
          type: 'value',
          minInterval: 1,
          splitLine: { show: false },
          axisLabel: { formatter: (count: number) => count.toLocaleString('en') },
        },
        series: splits.map(({ classes }, i) => ({
          type: 'bar',
          color: seriesStyle(mode, i).colour,
          barGap: '15%',
          barCategoryGap: '25%',
          label: { show: true, position: 'right', formatter: label, fontSize: 12, color: chartColours[mode].text },
          data: classes.map(({ count }) => count),
        })),
      }),
      { widthPx, heightPx: chartHeight(labels.length, splits.length) },
    ),
  };
}

/** A measure's histogram, a line per split. */
export function lightFigure({ splits }: Exploration, measure: LightMeasure): NamedFigure {
  const step = lightRange[measure] / lightBins;
  return {
    file: measure,
    title: `${capital(measure)} of the splits`,
    caption: `${measures[measure]} The lines give the share of the split's pictures in each step of ${step}.`,
    legend: splits.map(({ name }) => name),
    svg: drawChart(
      (mode) => ({ ...lightAxes(measure), series: splits.map((split, i) => line(mode, split, i, measure)) }),
      {
        widthPx,
        heightPx: 320,
      },
    ),
  };
}

/** A measure's quantiles, a box per class and split. */
export function lightByClassFigure({ labels, splits }: Exploration, measure: LightMeasure): NamedFigure {
  return {
    file: `${measure}-by-class`,
    title: `${capital(measure)} of the classes`,
    caption: `${measures[measure]} A box holds the middle half of the pictures, with a line at the median; the whiskers reach from 5 to 95 %.`,
    legend: splits.map(({ name }) => name),
    keys: 'area',
    svg: drawChart(
      (mode) => ({
        yAxis: categoryAxis(labels),
        grid: { left: labelWidth(labels), right: 24, top: 8, bottom: 48 },
        xAxis: { type: 'value', scale: true, name: measure, nameLocation: 'middle', nameGap: 28 },
        series: splits.map(({ classes }, i) => ({
          type: 'boxplot',
          boxWidth: [6, barPx],
          itemStyle: {
            color: `${seriesStyle(mode, i).colour}55`,
            borderColor: seriesStyle(mode, i).colour,
            borderWidth: 1.5,
          },
          data: classes.map((one) => one[measure]?.quantiles ?? '-'),
        })),
      }),
      { widthPx, heightPx: chartHeight(labels.length, splits.length) + 16 },
    ),
  };
}

function line(mode: ChartMode, { count, histograms }: SplitSummary, index: number, measure: LightMeasure): object {
  const { colour, marker } = seriesStyle(mode, index);
  const step = lightRange[measure] / lightBins;
  return {
    type: 'line',
    color: colour,
    symbol: marker,
    showAllSymbol: true,
    data: histograms[measure].map((found, bin) => [(bin + 0.5) * step, found / count]),
  };
}

function lightAxes(measure: LightMeasure): ChartOption {
  return {
    grid: { left: 64, right: 24, top: 20, bottom: 48 },
    xAxis: {
      type: 'value',
      name: measure,
      nameLocation: 'middle',
      nameGap: 28,
      min: 0,
      max: lightRange[measure],
      interval: lightRange[measure] / 8,
      splitLine: { show: false },
      axisLine: { show: true },
    },
    yAxis: { type: 'value', axisLabel: { formatter: (share: number) => `${Math.round(1000 * share) / 10} %` } },
  };
}

function chartHeight(classes: number, splits: number): number {
  return 48 + classes * (splits * barPx + 12);
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
