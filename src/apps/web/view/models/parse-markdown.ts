// Reads the Markdown that model cards are written in: headings, paragraphs, lists, tables, code, emphasis, links.

/** A piece of a line. */
export type Span =
  | { readonly kind: 'text' | 'strong' | 'emphasis' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Span[])[];
      readonly rows: readonly (readonly (readonly Span[])[])[];
    };

// A card may be anybody's: no pattern goes over a line more than once, however long it is.
const heading = /^(#{1,6})\s+(.*)$/s;
const listItem = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/s;
const fence = /^\s*```/;

/** Blocks in their order. Anything else, HTML too, is text: nothing in a card is run. */
export function parseMarkdown(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const read = lines[at]!.trim() === '' ? undefined : readBlock(lines, at);
    if (read) blocks.push(read.block);
    at = read?.next ?? at + 1;
  }
  return blocks;
}

interface Read {
  readonly block: Block;
  readonly next: number;
}

function readBlock(lines: readonly string[], at: number): Read {
  const line = lines[at]!;
  if (fence.test(line)) return readCode(lines, at);
  const title = heading.exec(line);
  if (title) {
    return {
      block: { kind: 'heading', level: title[1]!.length, spans: parseSpans(withoutEnd(title[2]!)) },
      next: at + 1,
    };
  }
  if (isTable(lines, at)) return readTable(lines, at);
  if (listItem.test(line)) return readList(lines, at);
  const end = endOfText(lines, at + 1);
  return { block: { kind: 'paragraph', spans: parseSpans(joined(lines.slice(at, end))) }, next: end };
}

/** A heading's text without the number signs that may close it. */
function withoutEnd(title: string): string {
  let end = title.trimEnd().length;
  while (title[end - 1] === '#') end--;
  return title.slice(0, end).trimEnd();
}

function readCode(lines: readonly string[], at: number): Read {
  let end = at + 1;
  while (end < lines.length && !fence.test(lines[end]!)) end++;
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, next: end + 1 };
}

function readList(lines: readonly string[], at: number): Read {
  const items: Span[][] = [];
  const isOrdered = listItem.exec(lines[at]!)![1] !== undefined;
  let next = at;
  for (let item = listItem.exec(lines[next]!); item; item = listItem.exec(lines[next] ?? '')) {
    const end = endOfText(lines, next + 1);
    items.push(parseSpans(joined([item[2]!, ...lines.slice(next + 1, end)])));
    next = end;
  }
  return { block: { kind: 'list', isOrdered, items }, next };
}

function isTable(lines: readonly string[], at: number): boolean {
  const rule = lines[at + 1] ?? '';
  return lines[at]!.includes('|') && rule.includes('|') && rule.includes('-') && /^[\s:|-]*$/.test(rule);
}

function readTable(lines: readonly string[], at: number): Read {
  let end = at + 2;
  while (end < lines.length && lines[end]!.includes('|')) end++;
  return {
    block: { kind: 'table', head: cells(lines[at]!), rows: lines.slice(at + 2, end).map(cells) },
    next: end,
  };
}

function cells(line: string): Span[][] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => parseSpans(cell.trim()));
}

/** The first line from `at` on that does not continue a paragraph or an item. */
function endOfText(lines: readonly string[], at: number): number {
  let end = at;
  while (end < lines.length) {
    const line = lines[end]!;
    if (line.trim() === '' || heading.test(line) || listItem.test(line) || fence.test(line)) break;
    if (isTable(lines, end)) break;
    end++;
  }
  return end;
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join(' ');
}

/** Code first: what stands in it is literal. Only links to the web are links; others mean files of a checkout. */
function parseSpans(text: string): Span[] {
  const spans: Span[] = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^[\]]*)\]\(([^)\s[]*)\)/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) spans.push({ kind: 'text', text: text.slice(at, match.index) });
    at = match.index + match[0].length;
    const [, code, strong, emphasis, label, href] = match;
    if (code !== undefined) spans.push({ kind: 'code', text: code });
    else if (strong !== undefined) spans.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) spans.push({ kind: 'emphasis', text: emphasis });
    else if (/^https?:\/\//i.test(href!)) spans.push({ kind: 'link', text: label!, href: href! });
    else spans.push({ kind: 'text', text: label! });
  }
  if (at < text.length) spans.push({ kind: 'text', text: text.slice(at) });
  return spans;
}
