import { describe, expect, it } from 'vitest';
import { expressionLabels } from '../../../core/dataset/labels.js';
import { sortPictures } from './sort-pictures.js';

const sort = (...paths: string[]) => sortPictures(paths, expressionLabels);

describe('sortPictures', () => {
  it('takes the nearest folder that names a class, in any usual spelling', () => {
    expect(sort('happy/a.png', 'faces/test/Anger/b.png', 'happy/sadness/c.png', 'sad/2019/d.png').truth).toEqual([
      3, 0, 4, 4,
    ]);
  });

  it('counts the pictures of folders that name none, and does not blame loose pictures', () => {
    expect(sort('faces/happy/a.png', 'faces/joy/b.png', 'faces/joy/c.png', 'd.png')).toEqual({
      truth: [3, null, null, null],
      unknownFolders: [{ folder: 'faces/joy', pictures: 2 }],
    });
  });
});
