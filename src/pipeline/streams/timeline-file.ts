// A timeline as a file, for a spreadsheet (CSV) or a program (JSON): a row for each stretch of one confirmed expression.
import { ConfigError } from '../../core/errors.js';
import type { Stretch } from './timeline.js';

export const timelineKinds = ['csv', 'json'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** The part of a `Timeline` that is written. */
export interface WrittenTimeline {
  readonly stretches: readonly Stretch[];
  /** Number of stretches beyond the limit. */
  readonly dropped: number;
}

/** The kind by the file's ending. Throws ConfigError for other endings. */
export function timelineKind(path: string): TimelineKind {
  const kind = timelineKinds.find((one) => path.toLowerCase().endsWith(`.${one}`));
  if (kind === undefined) {
    throw new ConfigError(`a timeline's file must end in .csv or .json, found ${path}; choose such a name`);
  }
  return kind;
}

/**
 * The file's text. CSV has the columns who, expression, from_s and to_s (seconds since the first frame) by RFC 4180; a
 * name that a spreadsheet would take for a formula gets an apostrophe before it. JSON has milliseconds.
 */
export function timelineText({ stretches, dropped }: WrittenTimeline, kind: TimelineKind): string {
  if (kind === 'json') return `${JSON.stringify({ format: 1, stretches: stretches.map(rounded), dropped }, null, 2)}\n`;
  const rows = stretches.map(({ who, expression, fromMs, toMs }) => [
    cell(who),
    cell(expression),
    (fromMs / 1000).toFixed(3),
    (toMs / 1000).toFixed(3),
  ]);
  return ['who,expression,from_s,to_s', ...rows.map((row) => row.join(',')), ''].join('\r\n');
}

function rounded({ who, expression, fromMs, toMs }: Stretch): Stretch {
  return { who, expression, fromMs: Math.round(fromMs), toMs: Math.round(toMs) };
}

function cell(text: string): string {
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
