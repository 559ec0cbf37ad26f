// The style of all charts and reports in light and dark mode: colours, type and lines.

export interface ChartColours {
  readonly ground: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  /** For series, in this order. Distinguishable with every kind of colour blindness, with a contrast of 3:1 to the background. */
  readonly series: readonly string[];
}

export type ChartMode = 'light' | 'dark';
export const chartModes: readonly ChartMode[] = ['light', 'dark'];

export const chartColours: Readonly<Record<ChartMode, ChartColours>> = {
  light: {
    ground: '#ffffff',
    text: '#1b2130',
    soft: '#566074',
    line: '#dde1e9',
    series: ['#1952bd', '#e56a12', '#0ba06a', '#ae4e92', '#5f4600', '#222a38'],
  },
  dark: {
    ground: '#161a22',
    text: '#e9edf5',
    soft: '#a2acbd',
    line: '#303746',
    series: ['#2f9ae6', '#e2743a', '#5df0a0', '#b0708c', '#f4de1b', '#d8f3ff'],
  },
};

/** Colour is never the only distinction: each series has its own marker. The names are ECharts'. */
export const seriesMarkers = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect'] as const;

/** The style of series `index`; after the last colour they repeat with another marker. */
export function seriesStyle(
  mode: ChartMode,
  index: number,
): { colour: string; marker: (typeof seriesMarkers)[number] } {
  const { series } = chartColours[mode];
  const round = Math.floor(index / series.length);
  return {
    colour: series[index % series.length]!,
    marker: seriesMarkers[(index + round) % seriesMarkers.length]!,
  };
}

// Single quotes: ECharts writes it into an attribute in double quotes as it is.
export const chartFont = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** ECharts' theme for one mode. */
export function chartTheme(mode: ChartMode): object {
  const { text, soft, line, series } = chartColours[mode];
  const axis = {
    axisLine: { show: false, lineStyle: { color: soft } },
    axisTick: { show: false },
    axisLabel: { color: soft, fontSize: 13, hideOverlap: true },
    nameTextStyle: { color: soft, fontSize: 13 },
    splitLine: { show: true, lineStyle: { color: line } },
  };
  return {
    color: series,
    backgroundColor: 'transparent',
    textStyle: { color: text, fontFamily: chartFont },
    categoryAxis: { ...axis, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: soft } } },
    valueAxis: axis,
    logAxis: axis,
    // ECharts' own is dark grey with a white border, in both modes.
    bar: { label: { color: text, textBorderWidth: 0 } },
    line: { symbolSize: 7, lineStyle: { width: 2 }, smooth: false },
  };
}
