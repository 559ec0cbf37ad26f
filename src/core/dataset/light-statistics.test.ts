import { describe, expect, it } from 'vitest';
import { lightStatistics } from './light-statistics.js';

describe('lightStatistics', () => {
  it('has a contrast of 0 for even pictures, and half the range for black and white', () => {
    const pixels = Uint8Array.of(200, 200, 200, 200, 0, 255, 255, 0, 10, 20, 10, 20);
    expect([...lightStatistics({ width: 2, height: 2, count: 3, pixels }).contrast]).toEqual([0, 127.5, 5]);
  });
});
