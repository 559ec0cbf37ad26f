// boxes.json: what is read, and that every entry that cannot be used is named.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatasetError } from '../../core/errors.js';
import { readBoxes } from './read-boxes.js';

const there = new Set(['a.jpg', 'b.jpg', 'c.jpg']);
const read = (images: unknown) => readBoxes(JSON.stringify({ images }), (file) => there.has(file));

describe('readBoxes', () => {
  test('reads pictures with and without faces', () => {
    const images = [
      { file: 'a.jpg', boxes: [[1, 2.5, 3, 4]] },
      { file: 'b.jpg', boxes: [] },
    ];
    expect(read(images)).toEqual({ pictures: images, bad: [] });
  });

  test.each([
    [
      {
        file: 'a.jpg',
        boxes: [
          [1, 2, 3, 4],
          [1, 2, 0, 4],
        ],
      },
      'a.jpg: box 2 is [1,2,0,4]',
    ],
    [{ file: 'a.jpg', boxes: [[1, 2, 3, -4]] }, 'a.jpg: box 1 is [1,2,3,-4]'],
    [{ file: 'a.jpg', boxes: [[1, 2, 3]] }, 'a.jpg: box 1 is [1,2,3]'],
    [{ file: 'a.jpg', boxes: [[null, 2, 3, 4]] }, 'a.jpg: box 1 is [null,2,3,4]'],
    [{ file: 'a.jpg', boxes: ['x'] }, 'a.jpg: box 1 is "x"'],
    [{ file: 'd.jpg', boxes: [] }, 'd.jpg is not in the folder'],
    [{ file: 'b.jpg', boxes: [] }, 'b.jpg is listed twice'],
    [{ file: '../a.jpg', boxes: [] }, 'entry 2 must have a file of the folder itself'],
    [{ boxes: [] }, 'entry 2 must have a file'],
    [7, 'entry 2 must have a file'],
  ])('names %j', (entry, message) => {
    const { pictures, bad } = read([{ file: 'b.jpg', boxes: [] }, entry, { file: 'c.jpg', boxes: [] }]);
    expect(pictures.map(({ file }) => file)).toEqual(['b.jpg', 'c.jpg']);
    expect(bad).toEqual([expect.stringContaining(message)]);
  });

  test('a number that JSON reads as infinite is bad', () => {
    const { bad } = readBoxes('{"images": [{"file": "a.jpg", "boxes": [[1, 2, 1e999, 4]]}]}', () => true);
    expect(bad).toEqual([expect.stringContaining('a.jpg: box 1')]);
  });

  test.each(['', '{', '[]', '{"images": {}}', '{"images": []}'])('refuses %j', (text) => {
    expect(() => readBoxes(text, () => true)).toThrow(DatasetError);
  });

  test('gives finite boxes with an area for any JSON, or refuses it', () => {
    const image = fc.oneof(
      fc.record({ file: fc.constantFrom('a.jpg', 'b.jpg', '..'), boxes: fc.array(fc.jsonValue()) }),
      fc.record({ file: fc.string(), boxes: fc.array(fc.array(fc.double(), { minLength: 3, maxLength: 5 })) }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(image, { minLength: 1 }), (images) => {
        const { pictures, bad } = read(images);
        expect(pictures.length + bad.length).toBe(images.length);
        for (const { boxes } of pictures) {
          expect(boxes.every((box) => box.every(Number.isFinite) && box[2] > 0 && box[3] > 0)).toBe(true);
        }
      }),
    );
  });
});
