import { describe, expect, it } from 'vitest';
import type { Box } from '../../../../core/image/picture.js';
import { boxOnScreen, overlaps, placeBeside } from './overlay-layout.js';

describe('boxOnScreen', () => {
  it('scales and centres like object-fit: contain', () => {
    expect(boxOnScreen([0, 0, 640, 480], { width: 640, height: 480 }, { width: 1600, height: 900 }, false)).toEqual([
      200, 0, 1200, 900,
    ]);
  });

  it('mirrors the place, not the size', () => {
    const screen = { width: 640, height: 480 };
    expect(boxOnScreen([10, 20, 100, 50], screen, screen, true)).toEqual([530, 20, 100, 50]);
  });
});

describe('overlaps', () => {
  it('is false for boxes that only touch', () => {
    expect(overlaps([0, 0, 10, 10], [10, 0, 10, 10])).toBe(false);
    expect(overlaps([0, 0, 10, 10], [9, 9, 10, 10])).toBe(true);
  });
});

describe('placeBeside', () => {
  const screen = { width: 600, height: 400 };
  const panel = { width: 150, height: 120 };
  const box: Box = [200, 100, 100, 120];

  it('prefers the right', () => {
    expect(placeBeside(box, panel, screen, [box])).toEqual([310, 100, 150, 120]);
  });

  it('goes left of a face at the right border', () => {
    expect(placeBeside([480, 100, 100, 120], panel, screen, [])).toEqual([320, 100, 150, 120]);
  });

  it('stays inside the screen', () => {
    expect(placeBeside([200, 0, 100, 40], panel, screen, [])![1]).toBe(4);
  });

  it('gives no place that would cover another face', () => {
    expect(placeBeside(box, panel, screen, [box, [330, 100, 100, 100], [60, 120, 80, 80]])).toBeUndefined();
  });
});
