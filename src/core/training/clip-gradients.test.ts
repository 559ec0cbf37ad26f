import { expect, test } from 'vitest';
import { clipGradients } from './clip-gradients.js';

const gradients = () =>
  new Map([
    ['a', Float32Array.from([3, 0])],
    ['b', Float32Array.from([0, 4])],
  ]);

test('a joint norm above the limit is scaled down to it, the direction kept', () => {
  const found = gradients();
  expect(clipGradients(found, 1)).toBe(5);
  expect([...found.get('a')!, ...found.get('b')!].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0.6, 0, 0, 0.8]);
});

test('a norm within the limit changes nothing', () => {
  const found = gradients();
  expect(clipGradients(found, 5)).toBe(5);
  expect(found).toEqual(gradients());
});
