// Markdown for cards and pages: tables and numbers.
import { percent } from '../../core/numbers/percent.js';

/** A table; the first row is the heading. Pipes and line ends in a cell are escaped. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  const [heading = [], ...others] = rows;
  return [line(heading), `|${heading.map(() => '---|').join('')}`, ...others.map(line)].join('\n');
}

/** Escapes text from a file or a folder's name for running text: one line, no markup. */
export function plain(text: string): string {
  return text.replace(/[\r\n`|<>]+/g, ' ').trim();
}

function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/\|/g, '\\|');
}

/** A share as a percentage with its interval and, when given, its n. */
export function shareText(share: number, [low, high]: readonly [number, number], n?: number): string {
  return `${percent(share, { digits: 2 })} (95 % interval ${percent(low, { unit: false })} to ${percent(high)}${n === undefined ? '' : `, n = ${count(n)}`})`;
}

export const count = (n: number): string => n.toLocaleString('en');
