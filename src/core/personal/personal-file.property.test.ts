import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeopleError } from '../errors.js';
import { augmentedCopies } from './augmented-copies.js';
import { readPersonalFile, writePersonalFile } from './personal-file.js';

const size = fc.integer({ min: 8, max: 24 });
const taught = fc.tuple(fc.constantFrom('happy', 'sad'), size, size).chain(([expression, width, height]) =>
  fc.uint8Array({ minLength: width * height, maxLength: width * height }).map((data) => ({
    expression,
    picture: { width, height, channels: 1 as const, data },
  })),
);

describe('a personal file', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(taught, { minLength: 1, maxLength: 4 }), (pictures) => {
        const file = { model: 'a'.repeat(64), pictures };
        expect(readPersonalFile(writePersonalFile(file))).toEqual(file);
      }),
      { numRuns: 30 },
    );
  });

  it('is refused when it is anything else', () => {
    const whole = writePersonalFile({
      model: '0'.repeat(64),
      pictures: [{ expression: 'happy', picture: { width: 8, height: 8, channels: 1, data: new Uint8Array(64) } }],
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.integer({ min: 0, max: whole.length - 2 }).map((end) => whole.slice(0, end)),
        ),
        (text) => {
          expect(() => readPersonalFile(text)).toThrow(PeopleError);
        },
      ),
    );
    expect(() => readPersonalFile(whole.replace('"width":8', '"width":9'))).toThrow(/must have 72 pixels and has 64/);
    expect(() => readPersonalFile(whole.replace('"version":1', '"version":2'))).toThrow(/teach again/);
  });
});

it('a picture stands for itself, its mirror image and five others, always the same', () => {
  const data = Uint8Array.from({ length: 48 * 48 }, (_, i) => (i * 7) % 200);
  const picture = { width: 48, height: 48, channels: 1 as const, data };
  const [own, mirrored, ...copies] = augmentedCopies(picture);
  expect(own).toBe(picture);
  expect(mirrored!.data[0]).toBe(data[47]);
  expect(copies).toHaveLength(5);
  expect(new Set(copies.map((copy) => copy.data.join())).size).toBe(5);
  expect(augmentedCopies(picture)).toEqual(augmentedCopies(picture));
});
