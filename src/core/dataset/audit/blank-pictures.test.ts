import { describe, expect, it } from 'vitest';
import { brightnessDeviations } from './blank-pictures.js';

describe('brightnessDeviations', () => {
  it('is 0 for even pictures, and half the range for black and white', () => {
    const pixels = Uint8Array.of(200, 200, 200, 200, 0, 255, 255, 0, 10, 20, 10, 20);
    expect([...brightnessDeviations({ width: 2, height: 2, count: 3, pixels })]).toEqual([0, 127.5, 5]);
  });
});
