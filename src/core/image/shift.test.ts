// Whole-pixel moves and mirror images.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mirror } from './mirror.js';
import type { GreyPicture } from './picture.js';
import { shift } from './shift.js';

const picture = (width: number, height: number, data: number[]): GreyPicture => ({
  ...{ width, height, channels: 1 as const },
  data: Uint8Array.from(data),
});

it('moves the content and repeats the border', () => {
  const grey = picture(3, 2, [1, 2, 3, 4, 5, 6]);
  expect([...shift(grey, 1, 0).data]).toEqual([1, 1, 2, 4, 4, 5]);
  expect([...shift(grey, -1, 1).data]).toEqual([2, 3, 3, 2, 3, 3]);
  expect([...shift(grey, 0, -5).data]).toEqual([4, 5, 6, 4, 5, 6]);
  expect([...mirror(grey).data]).toEqual([3, 2, 1, 6, 5, 4]);
  expect([...mirror({ width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }).data]).toEqual([
    4, 5, 6, 1, 2, 3,
  ]);
});

it('mirrors and moves in either order, with the direction exchanged; mirrored twice it is itself', () => {
  const size = fc.integer({ min: 1, max: 9 });
  const move = fc.integer({ min: -10, max: 10 });
  fc.assert(
    fc.property(size, size, move, move, (width, height, dx, dy) => {
      const grey = picture(
        width,
        height,
        Array.from({ length: width * height }, (_, i) => (i * 37) % 256),
      );
      expect(mirror(shift(grey, dx, dy))).toEqual(shift(mirror(grey), -dx, dy));
      expect(mirror(mirror(grey))).toEqual(grey);
    }),
  );
});
