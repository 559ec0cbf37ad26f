// A report as one HTML file that works offline: no scripts, nothing loaded, in the reader's light or dark mode.
import { type ChartMode, chartColours, chartFont, chartModes } from './chart-theme.js';
import { type LegendKind, legendKey } from './legend-key.js';
import { pngDataUri } from './png-data-uri.js';
import type { ReportTable } from './report-table.js';

/** A chart with its title; `legend` names the series in the order of their colours. */
export interface Figure {
  readonly title: string;
  /** What the axes and lines mean, in a sentence or two. */
  readonly caption: string;
  readonly legend: readonly string[];
  /** What the legend shows of a series. Default `line`. */
  readonly keys?: LegendKind;
  readonly svg: Readonly<Record<ChartMode, string>>;
}

/** A picture with its title, for photographs and contact sheets. */
export interface PictureFigure {
  readonly title: string;
  readonly caption: string;
  /** The bytes of a PNG file. */
  readonly png: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The page. `sections` are HTML: build them with the functions below, which escape their input. */
export function reportPage(title: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
${style()}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** A section with a heading; `parts` are HTML. */
export function section(heading: string, parts: readonly string[]): string {
  return `<section>\n<h2>${escapeHtml(heading)}</h2>\n${parts.join('\n')}\n</section>`;
}

/** A collapsible part; `parts` are HTML. */
export function foldedSection(heading: string, parts: readonly string[]): string {
  return `<details>\n<summary>${escapeHtml(heading)}</summary>\n${parts.join('\n')}\n</details>`;
}

export function tableHtml({ columns, rows }: ReportTable): string {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows.map(([heading = '', ...cells]) => {
    const data = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(heading)}</th>${data}</tr>`;
  });
  return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`;
}

export function figureHtml({ title, caption, legend, keys = 'line', svg }: Figure): string {
  const items = legend.map((name, i) => `<li>${pageKey(i, keys)}${escapeHtml(name)}</li>`).join('');
  const list = items === '' ? '' : `<ul class="legend">${items}</ul>\n`;
  const charts = chartModes
    .map(
      (mode) =>
        `<div class="${mode} chart" role="img" aria-label="${escapeHtml(`${title}. ${caption}`)}">${svg[mode]}</div>`,
    )
    .join('\n');
  return `<figure>
${figureCaption(title, caption)}
${list}${charts}
</figure>`;
}

/** The picture inside the page, in its own size or as wide as the page. */
export function pictureHtml({ title, caption, png, widthPx, heightPx }: PictureFigure): string {
  const size = `width="${widthPx}" height="${heightPx}"`;
  return `<figure>
${figureCaption(title, caption)}
<img ${size} alt="${escapeHtml(`${title}. ${caption}`)}" src="${pngDataUri(png)}">
</figure>`;
}

function figureCaption(title: string, caption: string): string {
  return `<figcaption><strong>${escapeHtml(title)}</strong> ${escapeHtml(caption)}</figcaption>`;
}

/** Escapes text, and attribute values in double quotes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

function pageKey(index: number, kind: LegendKind): string {
  const series = `series-${index % chartColours.light.series.length}`;
  const shapes = legendKey(index, kind, (isEmpty) => `class="${series}${isEmpty ? ' empty' : ''}"`);
  return `<svg class="key" viewBox="0 0 28 12" aria-hidden="true">${shapes}</svg>`;
}

function style(): string {
  const colours = (mode: ChartMode) => {
    const { ground, text, soft, line, series } = chartColours[mode];
    const own = series.map((colour, i) => `--series-${i}:${colour}`).join(';');
    return `color-scheme:${mode};--ground:${ground};--text:${text};--soft:${soft};--line:${line};${own}`;
  };
  const paints = chartColours.light.series.map(
    (_, i) => `.key .series-${i}{fill:var(--series-${i});stroke:var(--series-${i})}`,
  );
  return `:root{${colours('light')}}
.dark.chart{display:none}
@media (prefers-color-scheme:dark){:root{${colours('dark')}}.dark.chart{display:block}.light.chart{display:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 ${chartFont}}
main{max-width:860px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 8px;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:40px 0 8px}
p{margin:8px 0;max-width:70ch;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:0.9rem;font-variant-numeric:tabular-nums}
th,td{padding:5px 14px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th,tbody th{color:var(--soft);font-weight:500}
tbody th{white-space:pre-wrap}
thead th{color:var(--text);font-weight:600;overflow-wrap:anywhere}
figure{margin:32px 0 0}
figcaption{color:var(--soft)}
figcaption strong{display:block;color:var(--text)}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:8px 0 0;padding:0;list-style:none;font-size:0.9rem}
.legend li{display:flex;align-items:center;gap:8px;overflow-wrap:anywhere}
.key{width:28px;height:12px;flex:none;stroke-width:2}
.chart{overflow-x:auto}
.chart svg{display:block;width:100%;min-width:560px;height:auto}
img{display:block;max-width:100%;height:auto;margin-top:8px}
details{margin-top:40px}
summary{cursor:pointer;font-weight:600}
${paints.join('\n')}
.key circle.empty,.key rect.empty{fill:var(--ground)}
`;
}
