import { describe, expect, it } from 'vitest';
import { sortFiles } from './read-drop.js';

describe('sortFiles', () => {
  it('sorts by kind and passes hidden files over', () => {
    const paths = [
      'faces/happy/a.PNG',
      'faces/.DS_Store',
      'faces/happy/Thumbs.db',
      'faces/.cache/b.png',
      'm.onnx',
      'e.json',
      'card.md',
      'faces/notes.txt',
      'c.pgm',
    ];
    const sorted = sortFiles(paths.map((path) => ({ path, file: new Blob() })));
    const names = Object.fromEntries(
      Object.entries(sorted).map(([kind, files]) => [kind, files.map((f: { path: string }) => f.path)]),
    );
    expect(names).toEqual({
      models: ['m.onnx'],
      evaluations: ['e.json'],
      cards: ['card.md'],
      pictures: ['faces/happy/a.PNG', 'c.pgm'],
      others: ['faces/notes.txt'],
    });
  });
});
