// Reads XML: elements, their text and the lines they begin on. Attributes are skipped, the document type too; entities that a
// document declares itself stay as they are. Untrusted: no depth or length decides an allocation.

export interface XmlElement {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly children: readonly XmlElement[];
  /** The text before the first child. */
  readonly text: string;
}

const deepest = 32;
const longest = 32e6;
const token =
  /<!--[\s\S]*?-->|<\?[^>]*\?>|<!DOCTYPE[^[\]>]*>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\p{L}_][\p{L}\p{N}_.:-]*)(?:\s+[\p{L}_][\p{L}\p{N}_.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>|([^<]+)/uy;

/** The root element. Throws what `damaged` makes of the line where the text is no XML, or is deeper or longer than any sensible file. */
export function readXml(text: string, damaged: (line: number) => Error): XmlElement {
  interface Open {
    name: string;
    line: number;
    children: XmlElement[];
    text: string;
  }
  if (text.length > longest) throw damaged(1);
  const top: Open = { name: '', line: 1, children: [], text: '' };
  const open: Open[] = [top];
  let line = 1;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    const inner = open.at(-1)!;
    if (found === null) throw damaged(line);
    const [all, literal, isEnd, name, isEmpty, plain] = found;
    if (literal !== undefined || plain !== undefined) {
      if (inner.children.length === 0) inner.text += literal ?? resolveEntities(plain!);
    } else if (name !== undefined && isEnd !== '') {
      if (inner.name !== name || open.length === 1) throw damaged(line);
      open.pop();
    } else if (name !== undefined) {
      if (open.length > deepest) throw damaged(line);
      const element: Open = { name, line, children: [], text: '' };
      inner.children.push(element);
      if (isEmpty === '') open.push(element);
    }
    for (let i = all.indexOf('\n'); i >= 0; i = all.indexOf('\n', i + 1)) line++;
  }
  const [root, ...more] = top.children;
  if (open.length > 1 || root === undefined || more.length > 0) throw damaged(line);
  return root;
}

/** An element's text without the space around it. */
export const textOf = (element: XmlElement): string => element.text.trim();

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolveEntities(text: string): string {
  return text.replace(
    /&(?:(\w+)|#(\d{1,7})|#x([\da-f]{1,6}));/gi,
    (all, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return entities[name] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
