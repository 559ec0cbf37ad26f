// What a person may be called: in files, in JSON, and as a folder's name.
import { PeopleError } from '../errors.js';

const longest = 80;

/** The name trimmed and in Unicode's NFC. Throws PeopleError when it is empty, over 80 characters or has control characters. */
export function personName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (name === '' || [...name].length > longest || /[\p{Cc}\p{Zl}\p{Zp}]|\p{Cs}/u.test(name)) {
    throw new PeopleError(
      `a person's name must have 1 to ${longest} characters, none of them control characters; found ${JSON.stringify(text.slice(0, longest))}`,
    );
  }
  return name;
}

/**
 * A name that can be a folder's on every system. Throws PeopleError for '.' and '..', separators and the other
 * characters and names that Windows refuses, a leading or trailing dot, and over 200 bytes of UTF-8.
 */
export function personFolder(text: string): string {
  const name = personName(text);
  const bytes = [...name].reduce((sum, char) => sum + utf8Length(char.codePointAt(0)!), 0);
  const isReserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
  if (/[/\\:*?"<>|]/.test(name) || name.startsWith('.') || name.endsWith('.') || isReserved || bytes > 200) {
    throw new PeopleError(
      `a person's name becomes a folder, so it must have no / \\ : * ? " < > |, no dot at either end and at most 200 bytes; found ${JSON.stringify(name)}; choose another`,
    );
  }
  return name;
}

function utf8Length(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
