import { describe, expect, it } from 'vitest';
import type { Box } from '../../image/picture.js';
import { groupBoxes } from './group-boxes.js';

describe('groupBoxes', () => {
  const near: Box[] = [
    [10, 10, 40, 40],
    [12, 11, 40, 40],
    [11, 12, 41, 41],
  ];

  it('joins boxes that are alike into their mean, and drops what has too few neighbours', () => {
    expect(groupBoxes([...near, [200, 10, 40, 40]], 2)).toEqual([{ box: [11, 11, 40, 40], count: 3 }]);
  });

  it('leaves every box with 0', () => {
    expect(groupBoxes(near, 0).map(({ box }) => box)).toEqual(near);
  });

  it('drops a group inside one of more members', () => {
    const inner = Array.from({ length: 2 }, (): Box => [20, 20, 12, 12]);
    expect(groupBoxes([...near, ...near, ...inner], 1)).toEqual([{ box: [11, 11, 40, 40], count: 6 }]);
  });
});
