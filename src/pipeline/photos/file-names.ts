// Names of files and folders for photographs and people, whatever they are called.
import { encodeUtf8 } from '../../core/bytes/utf8.js';

/** The folder of the faces that are nobody's of the people file. */
export const unknownFolder = 'unknown';

/** Leaves room for a number and an ending: file systems take 255. */
const longestBytes = 200;

/** A folder's name by person, no two of them equal on any system, and none that of the unknown: what is taken gets a number. */
export function personFolders(people: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set([unknownFolder]);
  return new Map([...new Set(people)].map((person) => [person, freeName(person, taken)]));
}

/** The name of a photograph's files: its own without the ending, with a number where that is taken; it is taken from then on. */
export function photoName(file: string, taken: Set<string>): string {
  const own = file.replace(/^.*\//s, '').replace(/(?<=.)\.[^.]*$/s, '');
  return freeName(own, taken);
}

/** By which names are equal on every system. */
export function takenForm(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function freeName(text: string, taken: Set<string>): string {
  const plain = plainName(text);
  let name = plain;
  for (let number = 2; taken.has(takenForm(name)); number++) name = `${plain}-${number}`;
  taken.add(takenForm(name));
  return name;
}

/** What a file's name cannot have on some system becomes `_`; what is too long is cut. */
function plainName(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a file's name may have them
  const allowed = text.replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, '_').replace(/^[. ]+|[. ]+$/g, '_');
  const isReserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(allowed);
  let [name, bytes] = ['', 0];
  for (const character of isReserved ? `_${allowed}` : allowed) {
    bytes += encodeUtf8(character).length;
    if (bytes > longestBytes) break;
    name += character;
  }
  return name === '' ? '_' : name;
}
