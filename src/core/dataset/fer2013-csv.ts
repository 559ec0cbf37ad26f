// Reads Kaggle's fer2013.csv (emotion,pixels,Usage) as its bytes arrive: a byte scanner, so that 270 MB take seconds and little memory.
import { DatasetError } from '../errors.js';
import { expressionLabels } from './labels.js';

/** Values of the Usage column; the index is the split. */
export const fer2013Splits = ['Training', 'PublicTest', 'PrivateTest'] as const;

export type Fer2013Split = (typeof fer2013Splits)[number];

/** Side of a FER2013 picture in pixels. */
export const fer2013Size = 48;

/** A valid row. `pixels` is reused for the next row: copy it. `row` counts data rows from 0, `line` lines from 1. */
export interface Fer2013Row {
  readonly row: number;
  readonly line: number;
  readonly label: number;
  readonly split: number;
  readonly pixels: Uint8Array;
}

/** An invalid row, and why. */
export interface BrokenRow {
  readonly line: number;
  readonly problem: string;
}

export interface Fer2013CsvOptions {
  /** Pixels per picture; default 48 * 48. */
  readonly pixelCount?: number;
  /** Broken rows kept with their reason; all are counted. Default 20. */
  readonly maxProblems?: number;
}

type Column = 'emotion' | 'pixels' | 'usage';

const newline = 0x0a;
const carriageReturn = 0x0d;
const comma = 0x2c;
const quote = 0x22;
const space = 0x20;
const tab = 0x09;

/** Longest header, label or Usage text that is stored; anything longer is invalid anyway. */
const maxTextBytes = 64;
const maxHeaderBytes = 256;

/**
 * A push parser: `push` the file's bytes in pieces of any size, then `end()`. Every valid row goes to `onRow`; broken rows
 * are collected. Columns may come in any order. Throws DatasetError when the header is not FER2013's or no row follows.
 */
export class Fer2013Csv {
  readonly problems: BrokenRow[] = [];
  brokenRows = 0;
  /** Data rows so far, broken ones included. */
  rows = 0;

  readonly #onRow: (row: Fer2013Row) => void;
  readonly #pixels: Uint8Array;
  readonly #maxProblems: number;
  readonly #text: Uint8Array = new Uint8Array(maxHeaderBytes + 1);
  #textLength = 0;
  #columns: readonly Column[] | undefined;
  #column = 0;
  #line = 1;
  #lineHasBytes = false;
  #label = -1;
  #split = -1;
  #pixelTotal = 0;
  /** The pixel being read; -1 between pixels. */
  #value = -1;
  #problem = '';

  constructor(onRow: (row: Fer2013Row) => void, options: Fer2013CsvOptions = {}) {
    this.#onRow = onRow;
    this.#pixels = new Uint8Array(options.pixelCount ?? fer2013Size * fer2013Size);
    this.#maxProblems = options.maxProblems ?? 20;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#columns?.[this.#column] === 'pixels') at = this.#pushPixels(chunk, at);
      if (at < chunk.length) this.#pushByte(chunk[at++]!);
    }
  }

  /** Finishes the last line. */
  end(): void {
    if (this.#columns === undefined) this.#readHeader();
    else if (this.#lineHasBytes) this.#endLine();
    if (this.rows === 0) {
      throw new DatasetError('the CSV must hold rows after its header and holds none; download fer2013.csv again');
    }
  }

  /** The fast path: digits and spaces of the pixel field. Stops at its delimiter or the chunk's end and returns where. */
  #pushPixels(chunk: Uint8Array, start: number): number {
    const pixels = this.#pixels;
    const length = chunk.length;
    let value = this.#value;
    let total = this.#pixelTotal;
    let at = start;
    for (; at < length; at++) {
      const digit = chunk[at]! - 0x30;
      if (digit >= 0 && digit <= 9) {
        value = value < 0 ? digit : value * 10 + digit;
        if (value > 255) {
          this.#fail(`pixel ${total + 1} must be 0..255 and is larger`);
          value = 255;
        }
      } else if (digit === space - 0x30 || digit === tab - 0x30 || digit === quote - 0x30) {
        if (value >= 0) {
          if (total < pixels.length) pixels[total] = value;
          total++;
          value = -1;
        }
      } else if (digit === comma - 0x30 || digit === newline - 0x30 || digit === carriageReturn - 0x30) {
        break;
      } else {
        this.#fail(`pixels must be whole numbers with spaces between; pixel ${total + 1} has ${printable(chunk[at]!)}`);
      }
    }
    if (at > start) this.#lineHasBytes = true;
    this.#value = value;
    this.#pixelTotal = total;
    return at;
  }

  #pushByte(byte: number): void {
    if (byte === newline) {
      if (this.#columns === undefined) this.#readHeader();
      else this.#endLine();
      this.#line++;
      this.#lineHasBytes = false;
      return;
    }
    if (byte === carriageReturn) return;
    this.#lineHasBytes = true;
    if (byte === comma && this.#columns !== undefined) {
      this.#endField();
      this.#column++;
      return;
    }
    const limit = this.#columns === undefined ? maxHeaderBytes : maxTextBytes;
    if (this.#textLength <= limit) this.#text[this.#textLength++] = byte;
    if (this.#columns === undefined && this.#textLength > limit) this.#readHeader();
  }

  #readHeader(): void {
    const header = this.#takeText().replace(/^\u00ef\u00bb\u00bf/, '');
    const names = header.split(',').map((name) =>
      name
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim()
        .toLowerCase(),
    );
    if ([...names].sort().join() !== 'emotion,pixels,usage') {
      throw new DatasetError(
        `line 1 must name the columns emotion,pixels,Usage and is ${header === '' ? 'empty' : JSON.stringify(header.slice(0, 40))}; give Kaggle's fer2013.csv`,
      );
    }
    this.#columns = names as Column[];
  }

  #endField(): void {
    const column = this.#columns?.[this.#column];
    if (column === 'pixels') {
      if (this.#value >= 0) {
        if (this.#pixelTotal < this.#pixels.length) this.#pixels[this.#pixelTotal] = this.#value;
        this.#pixelTotal++;
        this.#value = -1;
      }
      const expected = this.#pixels.length;
      if (this.#pixelTotal !== expected)
        this.#fail(`there must be ${expected} pixels and there are ${this.#pixelTotal}`);
      return;
    }
    const text = this.#takeText()
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim();
    if (column === 'emotion') {
      this.#label = /^\d$/.test(text) ? Number(text) : -1;
      if (this.#label < 0 || this.#label >= expressionLabels.length) {
        this.#fail(`emotion must be 0..${expressionLabels.length - 1} and is ${JSON.stringify(text.slice(0, 20))}`);
      }
    } else if (column === 'usage') {
      this.#split = fer2013Splits.indexOf(text as Fer2013Split);
      if (this.#split < 0)
        this.#fail(`Usage must be ${fer2013Splits.join(', ')} and is ${JSON.stringify(text.slice(0, 20))}`);
    }
  }

  #endLine(): void {
    const blank =
      this.#column === 0 &&
      this.#value < 0 &&
      this.#pixelTotal === 0 &&
      this.#text.subarray(0, this.#textLength).every((byte) => byte === space || byte === tab);
    if (!blank) {
      this.#endField();
      if (this.#column !== 2) this.#fail(`there must be 3 columns and there are ${this.#column + 1}`, true);
      this.#finishRow();
    }
    this.#column = 0;
    this.#textLength = 0;
    this.#pixelTotal = 0;
    this.#value = -1;
    this.#problem = '';
    this.#lineHasBytes = false;
  }

  #finishRow(): void {
    const row = this.rows++;
    if (this.#problem === '') {
      this.#onRow({ row, line: this.#line, label: this.#label, split: this.#split, pixels: this.#pixels });
      return;
    }
    this.brokenRows++;
    if (this.problems.length < this.#maxProblems) this.problems.push({ line: this.#line, problem: this.#problem });
  }

  /** Keeps a row's first problem, unless a later one explains it better. */
  #fail(problem: string, replace = false): void {
    if (this.#problem === '' || replace) this.#problem = problem;
  }

  #takeText(): string {
    const text = String.fromCharCode(...this.#text.subarray(0, this.#textLength));
    this.#textLength = 0;
    return text;
  }
}

function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
