// Rules for a person's name in files, in JSON, and as a folder's name.
import { PeopleError } from '../errors.js';

const longest = 80;

/** Invisible characters (marks of direction, zero-width characters, fillers): names that differ only in them would look the same. */
const invisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]/gu;

/**
 * The name as it is kept everywhere: in Unicode's NFC, without invisible characters, spaces of any kind as one space, none at
 * its ends. Throws PeopleError when nothing is left, it is over 80 characters or has control characters.
 */
export function personName(text: string): string {
  const name = text
    .replace(invisible, '')
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim();
  if (name === '' || [...name].length > longest || /[\p{Cc}\p{Zl}\p{Zp}]|\p{Cs}/u.test(name)) {
    throw new PeopleError(
      `a person's name must have 1 to ${longest} characters that can be seen, none of them control characters; found ${JSON.stringify(name.slice(0, longest))}`,
    );
  }
  return name;
}

/**
 * The names of a file by how they are written there, each as `nameOf` has it. Two names that become equal stay two persons:
 * the second is numbered. Throws PeopleError where `nameOf` does.
 */
export function personNames(written: Iterable<string>, nameOf = personName): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const text of new Set(written)) {
    const name = nameOf(text);
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${[...name].slice(0, longest - 8).join('')} (${number})`;
    taken.add(free);
    names.set(text, free);
  }
  return names;
}

/**
 * The name nearest to one that another program wrote: control characters become spaces, what is too long is cut, and a name
 * without visible characters is 'unnamed'.
 */
export function nearestName(written: string): string {
  const seen = written.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\p{Cs}/gu, '\ufffd');
  try {
    return personName(seen);
  } catch {
    const cut = [...seen.replace(invisible, '').normalize('NFC').trim()].slice(0, longest).join('');
    return cut === '' ? 'unnamed' : personName(cut);
  }
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
