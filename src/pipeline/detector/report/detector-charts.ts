// The charts of a detector's evaluation. Loads ECharts: import it only when a report is asked for.
import { percent } from '../../../core/numbers/percent.js';
import { type ChartMode, seriesStyle } from '../../report/chart-theme.js';
import { dashedAt } from '../../report/dashed-line.js';
import { drawChart } from '../../report/draw-chart.js';
import type { NamedFigure } from '../../report/report-files.js';
import type { SizeCurves } from '../detector-curves.js';
import type { DetectorFigures } from '../evaluate-detector.js';
import { countText, sizesOf } from './detector-tables.js';

type Point = readonly [x: number, y: number];

const size = { widthPx: 800, heightPx: 420 };
const grid = { left: 64, right: 24, top: 12, bottom: 56 };
const shareAxis = {
  type: 'value',
  min: 0,
  max: 1,
  interval: 0.2,
  axisLabel: { formatter: (share: number) => percent(share, { digits: 0 }) },
};
/** Points nearer than this share of both axes look like one. */
const nearest = 0.002;
/** False detections per picture beyond which nobody uses a detector. */
const mostFalse = 10;
/** Markers on some of the points distinguish the lines without hiding them. */
const markers = 6;

/** Recall over false detections per picture, for each range of face sizes; dashed where the score limit is. */
export function recallFigure(curves: readonly SizeCurves[], { pictures, atScore }: DetectorFigures): NamedFigure {
  const lines = curves.map((own) => ({ name: nameOf(own), recall: own.recall }));
  return {
    file: 'recall-by-false-detections',
    title: 'Recall over false detections',
    caption: `The share of the faces that is found, by their size in pixels, as the score limit falls; false detections of any size count. At the left end there is none among the ${countText(pictures, 'picture')}. Dashed: the false detections from a score of ${atScore.score} on.`,
    ...drawRecalls(lines, { pictures, dashed: atScore.wrong / pictures }),
  };
}

/** The same for several detectors, faces of all sizes. */
export function comparisonFigure(lines: readonly RecallLine[], pictures: number): NamedFigure {
  return {
    file: 'detectors',
    title: 'Recall of the detectors over their false detections',
    caption: `The share of the faces that is found as the score limit falls. At the left end there is no false detection among the ${countText(pictures, 'picture')}. A line ends where its detector gives no further detections.`,
    ...drawRecalls(lines, { pictures }),
  };
}

export interface RecallLine {
  readonly name: string;
  readonly recall: readonly Point[];
}

function drawRecalls(
  lines: readonly RecallLine[],
  { pictures, dashed }: { readonly pictures: number; readonly dashed?: number },
): Pick<NamedFigure, 'legend' | 'svg'> {
  // A logarithmic axis has no 0: without a false detection a point is at the left end.
  const least = Math.min(0.01, 10 ** Math.floor(Math.log10(1 / pictures)));
  const most = furthest(lines);
  const place = (falsePerPicture: number): number => Math.max(least, falsePerPicture);
  const across = (x: number): number => Math.log(x / least) / Math.log(most / least);
  return {
    legend: lines.map(({ name }) => name),
    svg: drawChart(
      (mode) => ({
        grid,
        xAxis: {
          type: 'log',
          min: least,
          max: most,
          name: 'false detections per picture',
          nameLocation: 'middle',
          nameGap: 32,
          axisLabel: { formatter: (value: number) => String(Number(value.toPrecision(1))) },
        },
        yAxis: shareAxis,
        series: lines.map(({ recall }, i) => {
          const shown = recall.filter(([x]) => x <= most).map(([x, y]): Point => [place(x), y]);
          return {
            ...line(
              mode,
              i,
              thin(shown, ([x, y]) => [across(x), y]),
            ),
            ...(i === 0 && dashed !== undefined ? { markLine: dashedAt(mode, place(dashed)) } : {}),
          };
        }),
      }),
      size,
    ),
  };
}

/** Precision over recall for each range of face sizes. */
export function precisionFigure(curves: readonly SizeCurves[]): NamedFigure {
  return {
    file: 'precision-recall',
    title: 'Precision over recall',
    caption:
      'Precision: of the detections, the share that is a face. Recall: of the faces, the share that is found. By the size in pixels of faces and false detections.',
    legend: curves.map(nameOf),
    svg: drawChart(
      (mode) => ({
        grid,
        xAxis: { ...shareAxis, name: 'recall', nameLocation: 'middle', nameGap: 32 },
        yAxis: shareAxis,
        series: curves.map(({ precision }, i) =>
          line(
            mode,
            i,
            thin(precision, (point) => point),
          ),
        ),
      }),
      size,
    ),
  };
}

function nameOf({ range: [from, to], faces }: SizeCurves): string {
  return `${sizesOf({ from, below: Number.isFinite(to) ? to : null })} (${countText(faces, 'face')})`;
}

/** A power of ten that holds the curves, at least 1. */
function furthest(lines: readonly RecallLine[]): number {
  const last = Math.max(1, ...lines.map(({ recall }) => recall.at(-1)?.[0] ?? 0));
  return Math.min(mostFalse, 10 ** Math.ceil(Math.log10(last)));
}

/** Without the points that would be drawn on the one before; the last one stays. `across` gives shares of the axes. */
function thin(points: readonly Point[], across: (point: Point) => Point): Point[] {
  let before: Point = [Number.NaN, Number.NaN];
  return points.filter((point, i) => {
    const own = across(point);
    const isNear = Math.abs(own[0] - before[0]) < nearest && Math.abs(own[1] - before[1]) < nearest;
    if (isNear && i < points.length - 1) return false;
    before = own;
    return true;
  });
}

function line(mode: ChartMode, index: number, points: readonly Point[]): object {
  const { colour, marker } = seriesStyle(mode, index);
  const every = Math.max(1, Math.floor(points.length / markers));
  return {
    type: 'line',
    color: colour,
    symbol: marker,
    showAllSymbol: true,
    data: points.map((value, i) => ({ value, ...(i % every === Math.floor(every / 2) ? {} : { symbol: 'none' }) })),
  };
}
