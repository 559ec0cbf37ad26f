// OpenCV's own file of an LBPH recogniser (cv2.face.LBPHFaceRecognizer.write and read), byte for byte as 4.6 writes it.
import { PeopleError } from '../errors.js';
import { readFileStorage, type StorageNode } from './file-storage-yaml.js';
import { LbphRecogniser } from './lbph.js';

/** The text that OpenCV would write. */
export function writeOpenCvYaml(recogniser: LbphRecogniser): string {
  const { threshold, radius, neighbors, gridX, gridY, labels, binCount } = recogniser;
  const parts = [
    '%YAML:1.0\n---\nopencv_lbphfaces:\n',
    `   threshold: ${formatNumber(threshold, 16)}\n   radius: ${radius}\n   neighbors: ${neighbors}\n`,
    `   grid_x: ${gridX}\n   grid_y: ${gridY}\n   histograms:\n`,
  ];
  const formatted = new Map<number, string>();
  const format = (value: number): string => {
    const known = formatted.get(value);
    if (known !== undefined) return known;
    const text = formatNumber(value, 8);
    formatted.set(value, text);
    return text;
  };
  for (let i = 0; i < recogniser.count; i++) {
    const head = `      - !!opencv-matrix\n         rows: 1\n         cols: ${binCount}\n         dt: f\n`;
    parts.push(head, formatList(Array.from(recogniser.histogram(i), format), 13));
  }
  parts.push(`   labels: !!opencv-matrix\n      rows: ${labels.length}\n      cols: 1\n      dt: i\n`);
  parts.push(formatList(labels.map(String), 10), '   labelsInfo:\n');
  const names = [...recogniser.labelNames].sort(([a], [b]) => a - b);
  if (names.length === 0) parts.push('      []\n');
  for (const [label, name] of names) {
    parts.push(`      -\n         label: ${label}\n         value: ${formatString(name)}\n`);
  }
  return parts.join('');
}

/** Reads a recogniser from a file of OpenCV's or moodlens's. Throws PeopleError when it is another file or damaged. */
export function readOpenCvYaml(text: string): LbphRecogniser {
  return recogniserOf(readFileStorage(text));
}

/** The recogniser among a file's top-level keys; `pictureSize` when it is known from elsewhere. */
export function recogniserOf(
  document: ReadonlyMap<string, StorageNode>,
  pictureSize?: { readonly width: number; readonly height: number },
): LbphRecogniser {
  const root = document.get('opencv_lbphfaces');
  if (!(root instanceof Map)) {
    throw new PeopleError(
      `a people file must have the key opencv_lbphfaces; found ${[...document.keys()].slice(0, 3).join(', ')}; it is another recogniser's`,
    );
  }
  const fields = root as ReadonlyMap<string, StorageNode>;
  const threshold = fields.has('threshold') ? numberOf(fields, 'threshold') : 0;
  const options = {
    radius: numberOf(fields, 'radius'),
    neighbors: numberOf(fields, 'neighbors'),
    gridX: numberOf(fields, 'grid_x'),
    gridY: numberOf(fields, 'grid_y'),
    // OpenCV leaves its own default, no threshold, when the file has 0 or none.
    threshold: threshold === 0 ? Number.MAX_VALUE : threshold,
  };
  const list = fields.get('histograms');
  if (!Array.isArray(list)) throw new PeopleError('a people file must list its histograms; it is damaged or empty');
  const histograms = list.map((node: StorageNode, i) => Float32Array.from(lineOf(node, 'f', `histogram ${i}`)));
  const labels = [...lineOf(fields.get('labels'), 'i', 'labels')];
  const labelNames = namesOf(fields.get('labelsInfo'));
  return LbphRecogniser.restore({ options, labels, histograms, labelNames, ...(pictureSize ? { pictureSize } : {}) });
}

/** A field that must be a number. */
export function numberOf(fields: ReadonlyMap<string, StorageNode>, key: string): number {
  const value = fields.get(key);
  const infinite = value === '.Inf' ? Infinity : value === '-.Inf' ? -Infinity : undefined;
  if (infinite !== undefined) return infinite;
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) {
    const found = value === undefined ? 'nothing' : typeof value === 'string' ? value.slice(0, 40) : 'a list';
    throw new PeopleError(`a people file must give ${key} as a number; found ${found}; it is damaged`);
  }
  return Number(value);
}

/** A matrix of floats, whole numbers or bytes, row by row. */
export function matrixOf(
  node: StorageNode | undefined,
  type: 'f' | 'i' | 'u',
  what: string,
): { readonly data: Float64Array; readonly rows: number; readonly columns: number } {
  const fields = node instanceof Map ? (node as ReadonlyMap<string, StorageNode>) : undefined;
  const data = fields?.get('data');
  if (!fields || !(data instanceof Float64Array) || fields.get('dt') !== type) {
    throw new PeopleError(`a people file's ${what} must be a matrix of type ${type} with data; it is damaged`);
  }
  const rows = numberOf(fields, 'rows');
  const columns = numberOf(fields, 'cols');
  if (rows * columns !== data.length) {
    throw new PeopleError(
      `a people file's ${what} must have as many values as its size says; found ${rows}x${columns} and ${data.length} values; it is damaged`,
    );
  }
  return { data, rows, columns };
}

/** A matrix of one row; for whole numbers also of one column. */
function lineOf(node: StorageNode | undefined, type: 'f' | 'i', what: string): Float64Array {
  const { data, rows, columns } = matrixOf(node, type, what);
  if (type === 'f' ? rows !== 1 : Math.min(rows, columns) !== 1) {
    throw new PeopleError(
      `a people file's ${what} must stand in one line; found ${rows}x${columns} values; it is damaged`,
    );
  }
  return data;
}

function namesOf(node: StorageNode | undefined): Map<number, string> {
  const names = new Map<number, string>();
  if (node === undefined || (node instanceof Float64Array && node.length === 0)) return names;
  if (!Array.isArray(node)) throw new PeopleError("a people file's labelsInfo must be a list; it is damaged");
  for (const entry of node as readonly StorageNode[]) {
    const value = entry instanceof Map ? entry.get('value') : undefined;
    if (!(entry instanceof Map) || typeof value !== 'string') {
      throw new PeopleError("each entry of a people file's labelsInfo must have a label and a value; it is damaged");
    }
    names.set(numberOf(entry, 'label'), value);
  }
  return names;
}

/** C's `%.{digits}e`, whole numbers as "7." */
function formatNumber(value: number, digits: number): string {
  if (value === Infinity) return '.Inf';
  if (value === -Infinity) return '-.Inf';
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return `${value}.`;
  const text = value.toExponential(digits);
  const [mantissa, exponent] = (isTie(value, digits) ? roundedToEven(value, digits) : text).split('e') as [
    string,
    string,
  ];
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** Whether the value lies exactly between two texts: C takes the even one, JavaScript the larger. */
function isTie(value: number, digits: number): boolean {
  return /^50*$/.test(
    value
      .toExponential(100)
      .split('e')[0]!
      .slice(value < 0 ? 1 : 0)
      .slice(digits + 2),
  );
}

function roundedToEven(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(100).split('e') as [string, string];
  const lower = mantissa.slice(0, mantissa.indexOf('.') + 1 + digits);
  return Number(lower.at(-1)) % 2 === 0 ? `${lower}e${exponent}` : value.toExponential(digits);
}

/** A matrix's data with OpenCV's line breaks: past column 71 a value goes to the next line. */
export function formatList(values: readonly string[], indent: number): string {
  const lines: string[] = [];
  let line = `${' '.repeat(indent - 4)}data: [`;
  values.forEach((value, i) => {
    if (i > 0) line += ',';
    if (line.length + value.length > 71 && line.length + value.length - indent > 10) {
      lines.push(line);
      line = ' '.repeat(indent);
    } else line += ' ';
    line += value;
  });
  lines.push(`${line} ]\n`);
  return lines.join('\n');
}

/** Quoted when OpenCV would, and also where OpenCV would lose something (a trailing space, outer quotes). */
export function formatString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what OpenCV cannot read back
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) || text.length > 1000) {
    throw new PeopleError('names must have no control characters and at most 1000 characters; rename that person');
  }
  if (/^[A-Za-z_()/;][A-Za-z0-9_ ()/+;-]*$/.test(text) && !text.endsWith(' ')) return text;
  const escaped = text
    .replace(/["'\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
