// Timelines as CSV and JSON: what is written can be read back, whatever people are called.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../core/errors.js';
import { timelineKind, timelineText } from './timeline-file.js';

const stretches = [
  { who: 'Ada', expression: 'happy', fromMs: 0, toMs: 1033.3333 },
  { who: 'face 2', expression: 'no model', fromMs: 1033.3333, toMs: 3_600_000 },
];

/** A reader of RFC 4180, character by character. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"' && isQuoted && text[i + 1] === '"') cell += text[++i];
    else if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === ',' || text.startsWith('\r\n', i))) {
      rows.at(-1)!.push(cell);
      cell = '';
      if (char === '\r') rows.push([]);
      if (char === '\r') i++;
    } else cell += char;
  }
  return rows.slice(0, -1);
}

describe('timelineText', () => {
  it('writes CSV with seconds', () => {
    expect(timelineText({ stretches, dropped: 0 }, 'csv')).toBe(
      'who,expression,from_s,to_s\r\nAda,happy,0.000,1.033\r\nface 2,no model,1.033,3600.000\r\n',
    );
  });

  it('writes JSON with whole milliseconds', () => {
    expect(JSON.parse(timelineText({ stretches, dropped: 2 }, 'json'))).toEqual({
      format: 1,
      stretches: [
        { who: 'Ada', expression: 'happy', fromMs: 0, toMs: 1033 },
        { who: 'face 2', expression: 'no model', fromMs: 1033, toMs: 3_600_000 },
      ],
      dropped: 2,
    });
  });

  it('keeps every name in its cell, and none begins a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('=1+1', '@x', '-a,"b"', '"'))), (names) => {
        const named = names.map((who) => ({ who, expression: 'sad', fromMs: 0, toMs: 1 }));
        const [, ...rows] = readCsv(timelineText({ stretches: named, dropped: 0 }, 'csv'));
        expect(rows.map(([who]) => who!.replace(/^'(?=[=+\-@])/, ''))).toEqual(
          names.map((who) => who.replace(/^'(?=[=+\-@])/, '')),
        );
        for (const [who, ...rest] of rows) {
          expect(who).not.toMatch(/^[=+\-@]/);
          expect(rest).toEqual(['sad', '0.000', '0.001']);
        }
      }),
    );
  });
});

it('knows the kind by the ending and refuses others', () => {
  expect(['a.csv', 'B.JSON'].map(timelineKind)).toEqual(['csv', 'json']);
  for (const bad of ['a.mp4', 'csv', '', 'a.csv.txt']) expect(() => timelineKind(bad)).toThrow(ConfigError);
});
