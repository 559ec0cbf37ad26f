// The charts of a study. Loads ECharts: import it only when a report is asked for.
import { percent } from '../../../core/numbers/percent.js';
import type { FrozenTrial } from '../../../core/tuning/journal/frozen-trial.js';
import { isBetter } from '../../../core/tuning/journal/frozen-trial.js';
import type { Study } from '../../../core/tuning/study.js';
import { labelWidth } from '../../report/category-axis.js';
import { type ChartMode, chartColours, seriesStyle } from '../../report/chart-theme.js';
import { type ChartOption, drawChart } from '../../report/draw-chart.js';
import type { NamedFigure } from '../../report/report-files.js';
import { shortNumber } from './describe-study.js';
import type { ParameterAxis } from './value-axis.js';

export type ShownStudy = Pick<Study, 'name' | 'direction' | 'trials'>;

const widthPx = 800;

/** The value of each complete trial, and the best so far. */
export function historyFigure({ direction, trials }: ShownStudy): NamedFigure {
  const complete = completeTrials(trials);
  let best: number | undefined;
  const bestLine = complete.map(({ number, value }) => {
    if (best === undefined || isBetter(direction, value, best)) best = value;
    return [number, best];
  });
  return {
    file: 'history',
    title: 'Values',
    caption: 'Each complete trial, and the best value so far.',
    legend: ['trial', 'best so far'],
    svg: drawChart(
      (mode) => ({
        ...trialAxes(),
        series: [
          scatter(
            mode,
            0,
            complete.map(({ number, value }) => [number, value]),
          ),
          { type: 'line', step: 'end', symbol: 'none', color: seriesStyle(mode, 1).colour, data: bestLine },
        ],
      }),
      { widthPx, heightPx: 340 },
    ),
  };
}

/** The shares that importances add up to. */
export function importanceFigure(importances: ReadonlyMap<string, number>): NamedFigure {
  const names = [...importances.keys()];
  return {
    file: 'importances',
    title: 'Importance of parameters',
    caption:
      'How much each parameter decides whether a trial is among the best tenth (PED-ANOVA); the shares add up to 100 %.',
    legend: [],
    svg: drawChart(
      () => ({
        grid: { left: labelWidth(names) + 8, right: 72, top: 8, bottom: 8 },
        xAxis: { type: 'value', show: false, max: Math.max(...importances.values()) },
        yAxis: { type: 'category', data: names, inverse: true, axisLine: { show: false } },
        series: [
          {
            type: 'bar',
            barMaxWidth: 20,
            data: [...importances.values()],
            label: {
              show: true,
              position: 'right',
              formatter: ({ value }: { value: number }) => percent(value),
            },
          },
        ],
      }),
      { widthPx, heightPx: 24 + 36 * names.length },
    ),
  };
}

/** Each complete trial as a line over all parameters, better ones in a stronger colour. */
export function parallelFigure(study: ShownStudy, axes: readonly ParameterAxis[]): NamedFigure {
  const complete = completeTrials(study.trials).filter(({ params }) =>
    axes.every(({ name }) => Object.hasOwn(params, name)),
  );
  const values = complete.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // The best are drawn last, over the others.
  const ranked = [...complete].sort((one, other) => (isBetter(study.direction, one.value, other.value) ? 1 : -1));
  return {
    file: 'parallel-coordinates',
    title: 'All parameters together',
    caption:
      'Each complete trial is a line; the better its value, the stronger its colour. Trials that lack a parameter are left out.',
    legend: [],
    svg: drawChart(
      (mode) => ({
        parallel: { left: 56, right: 72, top: 44, bottom: 24, parallelAxisDefault: { nameGap: 16 } },
        parallelAxis: [
          {
            dim: 0,
            name: 'value',
            type: 'value',
            min: low,
            max: high > low ? high : low + 1,
            ...axisStyle(mode, shortLabel),
          },
          ...axes.map(({ name, option }, i) => ({
            dim: i + 1,
            name,
            ...option,
            ...axisStyle(mode, option.type === 'category' ? undefined : shortLabel),
          })),
        ],
        series: [
          {
            type: 'parallel',
            data: ranked.map((trial, rank) => ({
              value: [trial.value, ...axes.map(({ name, place }) => place(trial.params[name]!))],
              lineStyle: { color: strength(mode, (rank + 1) / ranked.length), width: 1.5, opacity: 0.9 },
            })),
          },
        ],
      }),
      { widthPx: Math.max(widthPx, 140 * (axes.length + 1)), heightPx: 380 },
    ),
  };
}

/** The values over one parameter; later trials in a stronger colour. */
export function sliceFigure({ trials }: ShownStudy, axis: ParameterAxis): NamedFigure {
  const own = completeTrials(trials).filter(({ params }) => Object.hasOwn(params, axis.name));
  const last = Math.max(1, ...own.map(({ number }) => number));
  return {
    file: `slice-${fileName(axis.name)}`,
    title: axis.name,
    caption: 'The value of each complete trial; the later, the stronger.',
    legend: [],
    svg: drawChart(
      (mode) => ({
        ...parameterAxes(axis, { type: 'value', scale: true }),
        series: [
          {
            ...scatter(mode, 0, []),
            data: own.map(({ params, number, value }) => ({
              value: [axis.place(params[axis.name]!), value],
              itemStyle: { color: strength(mode, 0.15 + (0.85 * number) / last), opacity: 1 },
            })),
          },
        ],
      }),
      { widthPx, heightPx: 280 },
    ),
  };
}

/** The reported values over steps; complete trials solid, pruned ones dashed. */
export function reportsFigure({ trials }: ShownStudy): NamedFigure {
  const reported = trials.filter(({ intermediateValues }) => intermediateValues.size > 0);
  const lineOf = (mode: ChartMode, { state }: FrozenTrial) =>
    state === 'complete'
      ? { color: seriesStyle(mode, 0).colour, type: 'solid' }
      : { color: seriesStyle(mode, state === 'pruned' ? 1 : 2).colour, type: state === 'pruned' ? 'dashed' : 'dotted' };
  return {
    file: 'reports',
    title: 'Reports',
    caption: 'What each trial reported over its steps: complete trials solid, pruned ones dashed, others dotted.',
    legend: ['complete', 'pruned', 'running or failed'],
    svg: drawChart(
      (mode) => ({
        grid: { left: 64, right: 24, top: 20, bottom: 48 },
        xAxis: { type: 'value', name: 'step', nameLocation: 'middle', nameGap: 30, minInterval: 1, scale: true },
        yAxis: { type: 'value', scale: true, axisLabel: { formatter: shortLabel } },
        series: reported.map((trial) => ({
          type: 'line',
          symbol: trial.intermediateValues.size === 1 ? 'circle' : 'none',
          color: lineOf(mode, trial).color,
          lineStyle: { ...lineOf(mode, trial), width: 1.5, opacity: 0.7 },
          data: [...trial.intermediateValues]
            .sort(([a], [b]) => a - b)
            .map(([step, value]) => [step, Number.isFinite(value) ? value : null]),
        })),
      }),
      { widthPx, heightPx: 380 },
    ),
  };
}

export type CompleteTrial = FrozenTrial & { readonly value: number };

export function completeTrials(trials: readonly FrozenTrial[]): CompleteTrial[] {
  return trials.filter((trial): trial is CompleteTrial => trial.state === 'complete' && trial.value !== null);
}

/** From the lines' grey to the first colour, `share` 0..1. */
export function strength(mode: ChartMode, share: number): string {
  const { line, series } = chartColours[mode];
  const mixed = [1, 3, 5].map((at) => {
    const [from, to] = [line, series[0]!].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round(from! + (to! - from!) * share);
  });
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

export function fileName(parameter: string): string {
  return (
    parameter
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'parameter'
  );
}

/** The axes: a parameter horizontally, another figure vertically. */
export function parameterAxes(axis: ParameterAxis, yAxis: object): ChartOption {
  return {
    grid: { left: 64, right: 24, top: 16, bottom: 48 },
    xAxis: { name: axis.name, nameLocation: 'middle', nameGap: 30, ...axis.option },
    yAxis: { axisLabel: { formatter: shortLabel }, ...yAxis },
  };
}

function shortLabel(value: number): string {
  return shortNumber(value, 4);
}

function trialAxes(): ChartOption {
  return {
    grid: { left: 64, right: 24, top: 20, bottom: 48 },
    xAxis: {
      type: 'value',
      name: 'trial',
      nameLocation: 'middle',
      nameGap: 30,
      minInterval: 1,
      splitLine: { show: false },
    },
    yAxis: { type: 'value', scale: true, axisLabel: { formatter: shortLabel } },
  };
}

function scatter(mode: ChartMode, index: number, data: readonly (readonly number[])[]): object {
  const { colour, marker } = seriesStyle(mode, index);
  return { type: 'scatter', color: colour, symbol: marker, symbolSize: 8, itemStyle: { opacity: 0.9 }, data };
}

function axisStyle(mode: ChartMode, formatter?: (value: number) => string): object {
  const { ground, soft, text } = chartColours[mode];
  return {
    nameTextStyle: { color: text, fontSize: 13 },
    axisLine: { show: true, lineStyle: { color: soft } },
    axisTick: { show: false },
    // The trials' lines run across the labels.
    axisLabel: {
      ...{ color: soft, fontSize: 12, hideOverlap: true, textBorderColor: ground, textBorderWidth: 3 },
      ...(formatter ? { formatter } : {}),
    },
  };
}
