// Annotations in Pascal VOC's form: an XML file for each picture, its boxes from the first to the last pixel, counted from 1.
import { readXml, textOf, type XmlElement } from '../../bytes/xml.js';
import { DatasetError } from '../../errors.js';
import type { AnnotatedObject, Annotations, LineFault } from './annotated-picture.js';

/** Boxes are pixels. A file that is no annotation, and an object without a name or a box, become faults. */
export function readVocAnnotation(text: string): Annotations {
  const nothing = { objects: [], size: null, isRelative: false };
  let damagedLine = 1;
  let root: XmlElement;
  try {
    root = readXml(text, (line) => {
      damagedLine = line;
      return new DatasetError('no XML');
    });
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { ...nothing, faults: [{ line: damagedLine, kind: 'text', problem: 'it is no XML' }] };
  }
  if (root.name !== 'annotation') {
    const problem = `it must be an <annotation>; found <${root.name}>`;
    return { ...nothing, faults: [{ line: root.line, kind: 'text', problem }] };
  }
  const objects: AnnotatedObject[] = [];
  const faults: LineFault[] = [];
  for (const element of root.children.filter(({ name }) => name === 'object')) {
    const found = readObject(element);
    if (typeof found === 'string') faults.push({ line: element.line, kind: 'text', problem: found });
    else objects.push(found);
  }
  return { objects, size: readSize(root), isRelative: false, faults };
}

/** The object, or what is wrong with it. */
function readObject(element: XmlElement): AnnotatedObject | string {
  const name = child(element, 'name');
  if (name === undefined || textOf(name) === '') return 'the object has no name';
  const box = child(element, 'bndbox');
  if (box === undefined) return 'the object has no <bndbox>';
  const edges: number[] = [];
  for (const key of ['xmin', 'ymin', 'xmax', 'ymax']) {
    const found = child(box, key);
    if (found === undefined) return `the <bndbox> has no <${key}>`;
    const edge = numberOf(found);
    if (!Number.isFinite(edge)) return `${key} '${textOf(found).slice(0, 20)}' is no finite number`;
    edges.push(edge);
  }
  const [left, top, right, bottom] = edges as [number, number, number, number];
  const difficult = child(element, 'difficult');
  return {
    line: element.line,
    className: textOf(name),
    box: [left - 1, top - 1, right - left + 1, bottom - top + 1],
    points: null,
    unsure: difficult !== undefined && numberOf(difficult) > 0 ? 0 : null,
  };
}

/** Programs that do not know the size write 0. */
function readSize(root: XmlElement): Annotations['size'] {
  const size = child(root, 'size');
  const [width, height] = ['width', 'height'].map((key) => {
    const found = size && child(size, key);
    return found === undefined ? 0 : numberOf(found);
  }) as [number, number];
  return width > 0 && height > 0 ? { width, height } : null;
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((each) => each.name === name);
}

function numberOf(element: XmlElement): number {
  const text = textOf(element);
  return text === '' ? Number.NaN : Number(text);
}
