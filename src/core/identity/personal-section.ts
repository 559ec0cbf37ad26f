// The section of a people file with the personal examples of expressions; OpenCV skips it.
import { PeopleError } from '../errors.js';
import {
  mostPersonalExamples,
  type PersonalExample,
  type PersonalFile,
  requireExampleCount,
} from '../personal/personal-file.js';
import type { StorageNode } from './file-storage-yaml.js';
import { formatList, formatString, matrixOf } from './opencv-yaml.js';

export const personalSection = 'moodlens_taught';

/** Examples by person. */
export type ExamplesByPerson = ReadonlyMap<string, PersonalFile>;

const sides = { least: 8, most: 256 };

/** The section as text; empty without examples. Throws PeopleError for more pictures than may be kept. */
export function writePersonalSection(taught: ExamplesByPerson): string {
  if (taught.size === 0) return '';
  const persons = [...taught].map(([person, { model, pictures }]) => {
    requireExampleCount(pictures.length);
    const entries = pictures.map(({ expression, picture: { width, height, data } }) =>
      [
        '         -',
        `            expression: ${formatString(expression)}`,
        '            picture: !!opencv-matrix',
        `               rows: ${height}`,
        `               cols: ${width}`,
        '               dt: u',
        formatList(Array.from(data, String), 19),
      ].join('\n'),
    );
    return `   -\n      person: ${formatString(person)}\n      model: "${model}"\n      pictures:\n${entries.join('')}`;
  });
  return `${personalSection}:\n${persons.join('')}`;
}

/** Parses the section; empty without one. `nameOf`: the known people by how the file writes their names. Throws PeopleError when it is damaged, or names a person who is not enrolled. */
export function readPersonalSection(
  node: StorageNode | undefined,
  nameOf: ReadonlyMap<string, string>,
): ExamplesByPerson {
  const taught = new Map<string, PersonalFile>();
  for (const entry of listOf(node, 'persons')) {
    const written = textOf(entry, 'person');
    const person = nameOf.get(written);
    const model = textOf(entry, 'model');
    if (person === undefined) return damaged(`may hold expressions of known people only, found ${written}`);
    if (!/^[0-9a-f]{64}$/.test(model)) damaged(`must name a model by its SHA-256, found ${model.slice(0, 80)}`);
    const pictures = listOf(entry.get('pictures'), 'pictures').map(
      (one): PersonalExample => ({ expression: textOf(one, 'expression'), picture: pictureOf(one.get('picture')) }),
    );
    if (pictures.length === 0 || pictures.length > mostPersonalExamples) {
      damaged(`must hold 1 to ${mostPersonalExamples} pictures of a person, found ${pictures.length}`);
    }
    taught.set(person, { model, pictures });
  }
  return taught;
}

function pictureOf(node: StorageNode | undefined): PersonalExample['picture'] {
  const { data, rows, columns } = matrixOf(node, 'u', 'taught picture');
  const isSide = (side: number) => Number.isInteger(side) && side >= sides.least && side <= sides.most;
  if (!isSide(rows) || !isSide(columns) || !data.every((value) => value >= 0 && value <= 255)) {
    damaged(`must hold pictures of ${sides.least} to ${sides.most} pixels a side, found ${columns}x${rows}`);
  }
  return { width: columns, height: rows, channels: 1, data: Uint8Array.from(data) };
}

function listOf(node: StorageNode | undefined, what: string): readonly ReadonlyMap<string, StorageNode>[] {
  if (node === undefined) return [];
  if (!Array.isArray(node) || !node.every((entry) => entry instanceof Map)) damaged(`must list its ${what}`);
  return node as readonly ReadonlyMap<string, StorageNode>[];
}

function textOf(entry: ReadonlyMap<string, StorageNode>, key: string): string {
  const value = entry.get(key);
  if (typeof value !== 'string' || value === '') damaged(`must give ${key} as text`);
  return value as string;
}

function damaged(what: string): never {
  throw new PeopleError(`the people file's ${personalSection} ${what}; it is damaged`);
}
