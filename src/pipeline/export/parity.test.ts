// What parity takes for the same, and what not.
import { expect, test } from 'vitest';
import { ModelFormatError } from '../../core/errors.js';
import { measureParity, requireParity } from './parity.js';

const trainer = Float32Array.of(0.7, 0.2, 0.1, 0.5, 0.499995, 0.000005);

test('rounding passes', () => {
  const parity = measureParity(
    trainer,
    trainer.map((p) => p + 5e-6),
    3,
  );
  expect(parity).toMatchObject({ n: 2, sameClass: 2 });
  expect(() => requireParity(parity)).not.toThrow();
});

test.each([
  ['a probability further away', Float32Array.of(0.7, 0.2, 0.1, 0.50002, 0.499995, 0.000005)],
  ['another class, however near', Float32Array.of(0.7, 0.2, 0.1, 0.499995, 0.5, 0.000005)],
  ['what is not a number', Float32Array.of(Number.NaN, 0.2, 0.1, 0.5, 0.499995, 0.000005)],
])('%s does not', (_, exported) => {
  expect(() => requireParity(measureParity(trainer, exported, 3))).toThrow(ModelFormatError);
});

test('lists of different lengths are a mistake of the caller', () => {
  expect(() => measureParity(trainer, trainer.subarray(3), 3)).toThrow(RangeError);
});
