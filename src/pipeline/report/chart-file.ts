// A chart as a separate SVG file, with title and legend, that follows the reader's light or dark mode.
import { type ChartColours, type ChartMode, chartColours, chartFont, chartModes, seriesStyle } from './chart-theme.js';
import { legendKey } from './legend-key.js';
import { escapeHtml, type Figure } from './report-page.js';

const marginPx = 16;
const titlePx = 18;
const legendPx = 14;
const rowPx = 24;
/** Width of a character as a share of the font size: a generous estimate, since the reader's font is unknown. */
const characterWidth = 0.6;

/** The file's text. Programs without media queries show it in light mode. */
export function chartFile(figure: Figure): string {
  const [chartWidth, chartHeight] = chartSize(figure.svg.light);
  const width = chartWidth + 2 * marginPx;
  const legend = placeLegend(figure.legend, chartWidth);
  const chartTop = marginPx + titlePx + 10 + legend.rows * rowPx;
  const height = chartTop + chartHeight + marginPx;
  const groups = chartModes.map((mode) => {
    const colours = chartColours[mode];
    const chart = figure.svg[mode].replace('<svg', `<svg x="${marginPx}" y="${chartTop}"`);
    return `<g class="${mode}">
<rect width="${width}" height="${height}" fill="${colours.ground}"/>
${text(figure.title, marginPx, marginPx + titlePx - 3, `font-size="${titlePx}" font-weight="600" fill="${colours.text}"`)}
${legend.items.map((item) => legendItem(item, figure, mode, colours)).join('\n')}
${chart}
</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeHtml(figure.title)}</title>
<desc>${escapeHtml(figure.caption)}</desc>
<style>.dark{display:none}@media (prefers-color-scheme:dark){.light{display:none}.dark{display:inline}}</style>
${groups.join('\n')}
</svg>
`;
}

/** Width and height of an SVG that ECharts drew. */
function chartSize(svg: string): [width: number, height: number] {
  const size = /^<svg width="(\d+)" height="(\d+)"/.exec(svg);
  if (size === null) throw new RangeError('chartFile: a chart must be an SVG that begins with its width and height');
  return [Number(size[1]), Number(size[2])];
}

interface LegendItem {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** Names side by side, in as many rows as they need. */
function placeLegend(names: readonly string[], widthPx: number): { items: readonly LegendItem[]; rows: number } {
  const items: LegendItem[] = [];
  let x = 0;
  let row = 0;
  names.forEach((name, index) => {
    const itemWidth = 28 + 8 + [...name].length * legendPx * characterWidth + 20;
    if (x > 0 && x + itemWidth > widthPx) {
      x = 0;
      row++;
    }
    items.push({ index, x: marginPx + x, y: marginPx + titlePx + 10 + row * rowPx });
    x += itemWidth;
  });
  return { items, rows: names.length === 0 ? 0 : row + 1 };
}

function legendItem(
  { index, x, y }: LegendItem,
  { legend, keys = 'line' }: Figure,
  mode: ChartMode,
  colours: ChartColours,
) {
  const { colour } = seriesStyle(mode, index);
  const paint = (isEmpty: boolean) => `fill="${isEmpty ? colours.ground : colour}" stroke="${colour}" stroke-width="2"`;
  const name = text(legend[index]!, x + 36, y + 11, `font-size="${legendPx}" fill="${colours.text}"`);
  return `<g transform="translate(${x} ${y})">${legendKey(index, keys, paint)}</g>${name}`;
}

function text(content: string, x: number, y: number, attributes: string): string {
  return `<text x="${x}" y="${y}" font-family="${escapeHtml(chartFont)}" ${attributes}>${escapeHtml(content)}</text>`;
}
