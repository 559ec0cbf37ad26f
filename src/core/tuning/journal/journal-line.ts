// A journal's entry as a line of JSON, as Python writes it: numbers that JSON lacks are the bare words NaN, Infinity, -Infinity.

/** One line, without its end. */
export function writeJournalLine(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (Array.isArray(value)) return `[${value.map(writeJournalLine).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${writeJournalLine(held)}`).join(',')}}`;
}

/** Throws SyntaxError when the line is no JSON. */
export function readJournalLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    const marked = line.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token[0] === '"' ? token : mark(token),
    );
    if (marked === line) throw error;
    return JSON.parse(marked, (_, value) => unmark(value));
  }
}

// A text that no journal holds: U+FFFF is never assigned to a character.
const MARK = '\uffff';
const mark = (token: string) => JSON.stringify(MARK + token);
const unmark = (value: unknown) =>
  typeof value === 'string' && value[0] === MARK && Number.isNaN(Number(value.slice(1))) === (value.slice(1) === 'NaN')
    ? Number(value.slice(1))
    : value;
