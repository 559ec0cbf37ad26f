// Tables, bars and numbers as plain text, for a terminal.
import { mean } from '../../core/numbers/mean.js';
import type { ReportTable } from './report-table.js';

export interface TextColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a table: a row of titles, then the rows, columns two spaces apart. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows].map((row) => row.map(printable));
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => width(line[i] ?? ''))));
  return lines.map((line) =>
    columns
      .map(({ align }, i) => {
        const cell = line[i] ?? '';
        const gap = ' '.repeat(widths[i]! - width(cell));
        return align === 'right' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of a table of figures: headings left-aligned, figures right-aligned. */
export function tableLines({ columns, rows }: ReportTable): string[] {
  return textTable(
    columns.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
}

const blocks = '▁▂▃▄▅▆▇█';

/** A curve as blocks between `low` and `high`, at most `columns` wide: each block is the mean of its part. */
export function sparkline(values: readonly number[], low: number, high: number, columns = 40): string {
  const count = Math.min(values.length, columns);
  const span = high - low || 1;
  let line = '';
  for (let i = 0; i < count; i++) {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    const level = Math.round(((mean(part) - low) / span) * (blocks.length - 1));
    line += blocks[Math.min(blocks.length - 1, Math.max(0, level))];
  }
  return line;
}

/** Replaces control characters and direction marks: names come from folders and files, and must not control the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** Length in characters, not UTF-16 units. */
function width(text: string): number {
  return [...text].length;
}
