// The XML of OpenCV's FileStorage: its root, and lists of numbers.
import { readXml, textOf, type XmlElement } from '../../bytes/xml.js';
import { ModelFormatError } from '../../errors.js';

/** The root element, which must be `opencv_storage`. Throws ModelFormatError, with the line, for anything else. */
export function readStorageXml(text: string): XmlElement {
  const damaged = (line: number): ModelFormatError =>
    new ModelFormatError(
      `this must be XML as OpenCV's FileStorage writes it, and line ${line} is not; name another file`,
    );
  const root = readXml(text, damaged);
  if (root.name !== 'opencv_storage') throw damaged(root.line);
  return root;
}

/** The numbers of a list; NaN for anything else. */
export function numbersOf(element: XmlElement): number[] {
  const text = textOf(element);
  return text === ''
    ? []
    : text.split(/\s+/).map((each) => (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(each) ? Number(each) : Number.NaN));
}
