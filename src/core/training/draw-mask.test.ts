import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { drawMask } from './draw-mask.js';

test('each half of a random number decides on one element, and what is kept is scaled up', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      shapes,
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.nat(),
      (...args) => {
        const [shape, batch, rate, seed] = args;
        const mask = drawMask({ name: 'mask', shape, rate }, batch, createRandom(seed));
        const random = createRandom(seed);
        const dropped = Math.round(rate * 65536);
        const halves = Array.from({ length: Math.ceil(mask.length / 2) }, () => random.uint32()).flatMap((word) => [
          word % 65536,
          Math.floor(word / 65536),
        ]);
        const expected = halves.map((half) => (half < dropped ? 0 : 65536 / (65536 - dropped)));
        expect(mask).toEqual(Float32Array.from(expected.slice(0, mask.length)));
        expect(mask.length).toBe(batch * shape.reduce((product, size) => product * size, 1));
      },
    ),
  );
});

test('the rate is the share that is dropped, and the mean stays 1', () => {
  const mask = drawMask({ name: 'mask', shape: [100, 100], rate: 0.3 }, 20, createRandom(1));
  const kept = mask.filter((value) => value > 0);
  expect(kept.length / mask.length).toBeCloseTo(0.7, 2);
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 2);
});
