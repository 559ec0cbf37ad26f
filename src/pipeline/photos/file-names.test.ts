// Names for files and folders: usable on every system, and never one for two.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personFolders, photoName, takenForm, unknownFolder } from './file-names.js';

const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '.', '..', 'unknown', 'Unknown', 'CON', 'a/b', 'a\\b', 'é', 'e\u0301', '😀'.repeat(300)),
);
const isUsable = (name: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  /^(?!\.)[^\u0000-\u001f/\\:*?"<>|]+(?<![. ])$/.test(name) && new TextEncoder().encode(name).length < 240;

describe('personFolders', () => {
  it('gives everybody a folder of their own that is not that of the unknown', () => {
    fc.assert(
      fc.property(fc.array(anyName), (people) => {
        const folders = [...personFolders(people).values()];
        expect(folders).toHaveLength(new Set(people).size);
        expect(new Set([unknownFolder, ...folders].map(takenForm)).size).toBe(folders.length + 1);
        expect(folders.filter((folder) => !isUsable(folder))).toEqual([]);
      }),
    );
  });

  it('keeps plain names', () => {
    expect([...personFolders(['Ada', 'Jörg L.', 'unknown', 'ada'])]).toEqual([
      ['Ada', 'Ada'],
      ['Jörg L.', 'Jörg L_'],
      ['unknown', 'unknown-2'],
      ['ada', 'ada-2'],
    ]);
  });
});

describe('photoName', () => {
  it('gives every photograph a name of its own, wherever it lies', () => {
    fc.assert(
      fc.property(fc.array(anyName), (files) => {
        const taken = new Set<string>();
        const names = files.map((file) => photoName(file, taken));
        expect(new Set(names.map(takenForm)).size).toBe(files.length);
        expect(names.filter((name) => !isUsable(name))).toEqual([]);
      }),
    );
  });

  it('keeps the file’s own, without folder and ending', () => {
    const taken = new Set<string>();
    const names = ['/a/me.jpg', '/b/Me.png', '/b/2.7.jpeg', '/b/plain', '/b/.jpg'].map((f) => photoName(f, taken));
    expect(names).toEqual(['me', 'Me-2', '2.7', 'plain', '_jpg']);
  });
});
