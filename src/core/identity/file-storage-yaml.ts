// Reads the YAML that OpenCV's FileStorage writes: block maps and sequences, tagged matrices, lists of numbers, strings.
// Hand-written for speed and strictness: 200 face pictures are 26 MB, nearly all of it one kind of list.
import { PeopleError } from '../errors.js';

/** A scalar (as written, quotes resolved), a list of numbers, a sequence or a map. */
export type StorageNode = string | Float64Array | readonly StorageNode[] | ReadonlyMap<string, StorageNode>;

const deepest = 12;
const longestString = 4096;
const longestKey = 100;
enum Char {
  tab = 9,
  newline = 10,
  carriageReturn = 13,
  space = 32,
  exclamation = 33,
  quote = 34,
  hash = 35,
  apostrophe = 39,
  plus = 43,
  comma = 44,
  minus = 45,
  dot = 46,
  zero = 48,
  nine = 57,
  colon = 58,
  upperE = 69,
  openBracket = 91,
  backslash = 92,
  closeBracket = 93,
  openBrace = 123,
  lowerE = 101,
}

/** The document's top-level keys. Throws PeopleError, with the line, for anything FileStorage does not write. */
export function readFileStorage(text: string): ReadonlyMap<string, StorageNode> {
  const head = /^%YAML[: ]1\.\d+[ \t]*\r?\n/.exec(text.slice(0, 64));
  if (!head) {
    const start = text.trimStart();
    const found = start.startsWith('<') ? 'XML' : start.startsWith('{') ? 'JSON' : 'something else';
    const next =
      found === 'something else' ? 'check the name' : 'let OpenCV save it again with a name that ends in .yml';
    throw new PeopleError(`a people file must be OpenCV's YAML, opening with %YAML:1.0; found ${found}; ${next}`);
  }
  const reader = new Reader(text, head[0].length);
  return reader.document();
}

class Reader {
  readonly #text: string;
  #at: number;
  #lineStart: number;
  #numbers = new Float64Array(1024);

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
    this.#lineStart = start;
  }

  document(): ReadonlyMap<string, StorageNode> {
    this.#skipBlank();
    if (this.#text.startsWith('---', this.#at)) {
      this.#at += 3;
      this.#skipBlank();
    }
    if (this.#isAtEnd()) this.#fail('the file must have content and has none');
    if (!this.#text.endsWith('\n'))
      this.#fail("the file's last line must be whole; it is cut short", this.#text.length);
    if (this.#column() !== 0 || !this.#isKeyAhead()) this.#fail('the top must be keys with values');
    const document = this.#map(0, 0);
    if (!this.#isAtEnd()) this.#fail('only one document may stand in the file');
    return document;
  }

  /** A value that starts here or on a following line; there it is indented by at least `least` columns. */
  #value(least: number, depth: number, isMapAllowed: boolean): StorageNode {
    if (depth > deepest) this.#fail(`values may stand ${deepest} deep`);
    const line = this.#lineStart;
    this.#skipBlank();
    this.#skipTag();
    const isNewLine = this.#lineStart !== line;
    const column = this.#column();
    if (this.#isAtEnd() || (isNewLine && column < least)) this.#fail('a key or dash must have a value');
    const char = this.#text.charCodeAt(this.#at);
    if (char === Char.openBracket) return this.#numberList();
    if (char === Char.openBrace) return this.#fail('maps in braces are nothing OpenCV writes');
    if (char === Char.quote) return this.#doubleQuoted();
    if (char === Char.apostrophe) return this.#singleQuoted();
    if (char === Char.minus && this.#isBlank(this.#text.charCodeAt(this.#at + 1))) {
      return this.#sequence(column, depth + 1);
    }
    if ((isNewLine || isMapAllowed) && this.#isKeyAhead()) return this.#map(column, depth + 1);
    return this.#plain();
  }

  #map(column: number, depth: number): ReadonlyMap<string, StorageNode> {
    const map = new Map<string, StorageNode>();
    do {
      if (!this.#isKeyAhead()) this.#fail('a key followed by a colon must stand here');
      const colon = this.#text.indexOf(':', this.#at);
      const key = this.#text.slice(this.#at, colon).trimEnd();
      if (map.has(key)) this.#fail(`the key ${key} must not come twice`);
      this.#at = colon + 1;
      map.set(key, this.#value(column + 1, depth, false));
    } while (this.#isNextAt(column));
    return map;
  }

  #sequence(column: number, depth: number): readonly StorageNode[] {
    const items: StorageNode[] = [];
    do {
      if (this.#text.charCodeAt(this.#at) !== Char.minus) this.#fail('a dash must stand here');
      this.#at++;
      items.push(this.#value(column + 1, depth, true));
    } while (this.#isNextAt(column));
    return items;
  }

  /** Whether a further entry of the same block follows; a deeper one is an error. */
  #isNextAt(column: number): boolean {
    // After a nested block the position is already at the next entry.
    if (this.#text.slice(this.#lineStart, this.#at).trim() !== '') this.#endLine();
    this.#skipBlank();
    if (this.#isAtEnd() || this.#column() < column) return false;
    if (this.#column() > column) this.#fail('entries of one block must start in one column');
    return true;
  }

  #endLine(): void {
    while (this.#text.charCodeAt(this.#at) === Char.space) this.#at++;
    const char = this.#text.charCodeAt(this.#at);
    if (this.#at < this.#text.length && char !== Char.newline && char !== Char.carriageReturn && char !== Char.hash) {
      this.#fail('the line must end here');
    }
  }

  #isKeyAhead(): boolean {
    const line = this.#text.slice(this.#at, this.#at + longestKey);
    return /^[A-Za-z_][A-Za-z0-9_ -]*:(?=[ \r\n]|$)/.test(line);
  }

  #skipTag(): void {
    if (this.#text.charCodeAt(this.#at) !== Char.exclamation) return;
    const tag = '!!opencv-matrix';
    if (!this.#text.startsWith(tag, this.#at)) this.#fail(`the only tag may be ${tag}`);
    this.#at += tag.length;
    this.#skipBlank();
  }

  #numberList(): Float64Array {
    const text = this.#text;
    let count = 0;
    this.#at++;
    this.#skipBlank();
    while (text.charCodeAt(this.#at) !== Char.closeBracket) {
      if (count > 0) {
        if (text.charCodeAt(this.#at) !== Char.comma) this.#fail('a list must go on with a comma or end with ]');
        this.#at++;
        this.#skipBlank();
      }
      const value = this.#number();
      if (count === this.#numbers.length) {
        const larger = new Float64Array(2 * count);
        larger.set(this.#numbers);
        this.#numbers = larger;
      }
      this.#numbers[count++] = value;
      this.#skipBlank();
    }
    this.#at++;
    return this.#numbers.slice(0, count);
  }

  /** A decimal number, to the nearest double. */
  #number(): number {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    let char = text.charCodeAt(at);
    const isNegative = char === Char.minus;
    if (isNegative || char === Char.plus) char = text.charCodeAt(++at);
    let mantissa = 0;
    let digits = 0;
    let fraction = 0;
    for (; isDigit(char); char = text.charCodeAt(++at), digits++) mantissa = mantissa * 10 + char - Char.zero;
    if (char === Char.dot) {
      char = text.charCodeAt(++at);
      for (; isDigit(char); char = text.charCodeAt(++at), digits++, fraction++) {
        mantissa = mantissa * 10 + char - Char.zero;
      }
    }
    if (digits === 0) this.#fail('numbers must be decimal; this is none');
    let exponent = 0;
    if (char === Char.lowerE || char === Char.upperE) {
      char = text.charCodeAt(++at);
      const isSmall = char === Char.minus;
      if (isSmall || char === Char.plus) char = text.charCodeAt(++at);
      if (!isDigit(char)) this.#fail('an exponent must have digits');
      for (; isDigit(char); char = text.charCodeAt(++at)) exponent = Math.min(9999, exponent * 10 + char - Char.zero);
      if (isSmall) exponent = -exponent;
    }
    this.#at = at;
    const power = exponent - fraction;
    // Both operands are exact doubles here, so that the one division or product rounds correctly (Clinger, 1990).
    if (digits <= 15 && power >= -22 && power <= 22) {
      const value = power < 0 ? mantissa / powersOfTen[-power]! : mantissa * powersOfTen[power]!;
      return isNegative ? -value : value;
    }
    return Number(text.slice(start, at));
  }

  #plain(): string {
    let end = this.#text.indexOf('\n', this.#at);
    if (end < 0) end = this.#text.length;
    if (end - this.#at > longestString) this.#fail(`strings may have ${longestString} characters`);
    const value = this.#text.slice(this.#at, end).trimEnd();
    if (/:|\t/.test(value)) this.#fail('a string with a colon or tab must stand in quotes');
    this.#at = end;
    return value;
  }

  #doubleQuoted(): string {
    let value = '';
    for (let at = this.#at + 1; ; at++) {
      const char = this.#text[at];
      if (char === undefined || char === '\n' || value.length > longestString) {
        return this.#fail(`a string must end with its quote on its line and have at most ${longestString} characters`);
      }
      if (char === '"') {
        this.#at = at + 1;
        return value;
      }
      if (char !== '\\') value += char;
      else
        value += escapes[this.#text[++at] ?? ''] ?? this.#fail('only \\" \\\' \\\\ \\n \\r \\t may follow a backslash');
    }
  }

  #singleQuoted(): string {
    const found = /^'((?:[^'\r\n]|'')*)'/.exec(this.#text.slice(this.#at, this.#at + longestString));
    if (!found) return this.#fail('a string must end with its quote on its line');
    this.#at += found[0].length;
    return found[1]!.replaceAll("''", "'");
  }

  /** Advances to the next content, past spaces, line ends and comments. */
  #skipBlank(): void {
    const text = this.#text;
    for (; ; this.#at++) {
      const char = text.charCodeAt(this.#at);
      if (char === Char.newline) this.#lineStart = this.#at + 1;
      else if (char === Char.hash) {
        const end = text.indexOf('\n', this.#at);
        this.#at = (end < 0 ? text.length : end) - 1;
      } else if (char === Char.tab) this.#fail('tabs must not stand here');
      else if (char !== Char.space && char !== Char.carriageReturn) return;
    }
  }

  #isBlank(char: number): boolean {
    return char === Char.space || char === Char.newline || char === Char.carriageReturn;
  }

  #isAtEnd(): boolean {
    return (
      this.#at >= this.#text.length ||
      (this.#column() === 0 && /^\.\.\.\s*$/.test(this.#text.slice(this.#at, this.#at + 8)))
    );
  }

  #column(): number {
    return this.#at - this.#lineStart;
  }

  #fail(rule: string, at = this.#at): never {
    let line = 1;
    for (let i = this.#text.indexOf('\n'); i >= 0 && i < at; i = this.#text.indexOf('\n', i + 1)) line++;
    const found = at >= this.#text.length ? 'the end' : JSON.stringify(this.#text.slice(at, at + 20));
    throw new PeopleError(
      `the people file is not readable at line ${line}: ${rule}, found ${found}; it is damaged or another program's`,
    );
  }
}

const powersOfTen = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

// `satisfies` keeps an absent key undefined, also 'constructor'.
const escapes: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  '"': '"',
  "'": "'",
  '\\': '\\',
  n: '\n',
  r: '\r',
  t: '\t',
});

function isDigit(char: number): boolean {
  return char >= Char.zero && char <= Char.nine;
}
