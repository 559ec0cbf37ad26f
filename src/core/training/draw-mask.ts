// Draws the random multipliers of a dropout layer: tens of thousands a picture in some networks, so every nanosecond counts.

import { elements, type Mask } from '../nn/layers/layer.js';
import type { Random } from '../numbers/random.js';

/** A Bernoulli mask `[batch, ...shape]` at a resolution of 1/65536; two elements take one random number. */
export function drawMask({ shape, rate }: Mask, batch: number, random: Random): Float32Array {
  const dropped = Math.round(rate * 65536);
  const values = new Float32Array(batch * elements(shape));
  // Bits instead of numbers: what is kept gets the scale's bits, what is dropped the zero's. A branch would be guessed
  // wrong every third time.
  const bits = new Int32Array(values.buffer);
  const scale = new Int32Array(Float32Array.of(65536 / (65536 - dropped)).buffer)[0]!;
  const last = bits.length - 1;
  for (let i = 0; i < last; i += 2) {
    const word = random.uint32();
    bits[i] = scale & ((dropped - 1 - (word & 0xffff)) >> 31);
    bits[i + 1] = scale & ((dropped - 1 - (word >>> 16)) >> 31);
  }
  if (last % 2 === 0) bits[last] = scale & ((dropped - 1 - (random.uint32() & 0xffff)) >> 31);
  return values;
}
