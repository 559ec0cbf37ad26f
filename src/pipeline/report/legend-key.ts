// The symbol of a series in a legend: a piece of its line with its marker, or a swatch of its area.
import { seriesStyle } from './chart-theme.js';

/** `line` for curves and points, `area` for bars and boxes. */
export type LegendKind = 'line' | 'area';

/** SVG shapes in a field of 28 x 12; `paint` gives the attributes of a filled or an empty shape. */
export function legendKey(index: number, kind: LegendKind, paint: (isEmpty: boolean) => string): string {
  if (kind === 'area') return `<rect x="1" y="1" width="26" height="10" rx="1" ${paint(false)}/>`;
  const { marker } = seriesStyle('light', index);
  const attributes = paint(marker.startsWith('empty'));
  const shapes: Record<string, string> = {
    circle: `<circle cx="14" cy="6" r="4.5" ${attributes}/>`,
    rect: `<rect x="10" y="2" width="8" height="8" ${attributes}/>`,
    triangle: `<path d="M14 1l5 9.5h-10z" ${attributes}/>`,
    diamond: `<path d="M14 0.5l5 5.5-5 5.5-5-5.5z" ${attributes}/>`,
  };
  return `<path d="M0 6h28" ${attributes}/>${shapes[marker.replace('empty', '').toLowerCase()]!}`;
}
