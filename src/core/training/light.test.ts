import { describe, expect, test } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { changeLight, type LightOptions } from './light.js';

const side = 24;
const off: LightOptions = { probability: 1, gamma: [1, 1], side: 0, blur: 0, noise: 0 };
const even = (grey: number): Float32Array => new Float32Array(side * side).fill(grey);

function changed(values: Float32Array, options: Partial<LightOptions>, seed = 1): Float32Array {
  const result = values.slice();
  changeLight({ values: result, offset: 0, width: side, height: side }, { ...off, ...options }, createRandom(seed));
  return result;
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: Float32Array): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

describe('changes of light', () => {
  const noisy = changed(even(120), { noise: 60 }, 9);

  test('with everything off, or a probability of 0, nothing changes', () => {
    changed(noisy, {}).forEach((value, i) => {
      expect(value).toBeCloseTo(noisy[i]!, 4);
    });
    expect(changed(noisy, { probability: 0, gamma: [3, 3], side: 1, noise: 50 })).toEqual(noisy);
  });

  test('gamma follows its curve', () => {
    for (const [grey, gamma] of [
      [64, 2],
      [64, 0.5],
      [200, 1.4],
    ] as const) {
      for (const value of changed(even(grey), { gamma: [gamma, gamma] })) {
        expect(value).toBeCloseTo(255 * (grey / 255) ** gamma, 0);
      }
    }
  });

  test('side light is a plane about the old brightness', () => {
    const lit = changed(even(100), { side: 0.8 });
    expect(mean(lit)).toBeCloseTo(100, 1);
    expect(deviation(lit)).toBeGreaterThan(5);
    for (let y = 1; y < side - 1; y++) {
      for (let x = 1; x < side - 1; x++) {
        const at = y * side + x;
        expect(lit[at - 1]! + lit[at + 1]! - 2 * lit[at]!).toBeCloseTo(0, 3);
        expect(lit[at - side]! + lit[at + side]! - 2 * lit[at]!).toBeCloseTo(0, 3);
      }
    }
  });

  test('a blur keeps the brightness and takes away detail', () => {
    const blurred = changed(noisy, { blur: 0.1 });
    expect(Math.abs(mean(blurred) - mean(noisy))).toBeLessThan(2);
    expect(deviation(blurred)).toBeLessThan(0.7 * deviation(noisy));
    for (const value of changed(even(77), { blur: 0.2 })) expect(value).toBeCloseTo(77, 3);
  });

  test('noise has a mean of nothing, and at most the asked deviation', () => {
    const deviations = Array.from({ length: 200 }, (_, seed) => {
      const found = changed(even(128), { noise: 20 }, seed);
      expect(Math.abs(mean(found) - 128)).toBeLessThan(5);
      return deviation(found);
    });
    expect(Math.max(...deviations)).toBeLessThan(22);
    expect(Math.max(...deviations)).toBeGreaterThan(17);
  });
});
