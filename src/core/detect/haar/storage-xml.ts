// Reads the XML that OpenCV's FileStorage writes: elements, text, comments, no entities.
import { ModelFormatError } from '../../errors.js';

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The text before the first child. */
  readonly text: string;
}

const deepest = 32;
const longest = 32e6;
const token = /<!--[\s\S]*?-->|<\?[^>]*\?>|<(\/?)([A-Za-z_][\w-]*)(?:\s+type_id="[\w-]*")?\s*(\/?)>|[^<]+/y;

/** The root element, which must be `opencv_storage`. Throws ModelFormatError, with the line, for anything FileStorage does not write. */
export function readStorageXml(text: string): XmlElement {
  if (text.length > longest) throw new ModelFormatError(`XML must not be longer than ${longest} characters`);
  interface Open {
    name: string;
    children: XmlElement[];
    text: string;
  }
  const top: Open = { name: '', children: [], text: '' };
  const open: Open[] = [top];
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    const inner = open.at(-1)!;
    if (found === null) throw damaged(text, at);
    const [all, isEnd, name, isEmpty] = found;
    if (name === undefined) {
      if (all[0] !== '<' && inner.children.length === 0) inner.text += all;
    } else if (isEnd !== '') {
      if (inner.name !== name || open.length === 1) throw damaged(text, at);
      open.pop();
    } else {
      if (open.length > deepest) throw damaged(text, at);
      const element: Open = { name, children: [], text: '' };
      inner.children.push(element);
      if (isEmpty === '') open.push(element);
    }
  }
  const [root, ...more] = top.children;
  if (open.length > 1 || root?.name !== 'opencv_storage' || more.length > 0) throw damaged(text, text.length);
  return root;
}

export const textOf = (element: XmlElement): string => element.text.trim();

/** The numbers of a list; NaN for anything else. */
export function numbersOf(element: XmlElement): number[] {
  const text = textOf(element);
  return text === ''
    ? []
    : text.split(/\s+/).map((each) => (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(each) ? Number(each) : Number.NaN));
}

function damaged(text: string, at: number): ModelFormatError {
  const line = text.slice(0, at).split('\n').length;
  return new ModelFormatError(
    `this must be XML as OpenCV's FileStorage writes it, and line ${line} is not; name another file`,
  );
}
