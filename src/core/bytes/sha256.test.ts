// SHA-256 against Node's own.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sha256 } from './sha256.js';

const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('equals Node at every length around a block', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256);
    expect(new Sha256().update(bytes).hex()).toBe(expected(bytes));
  }
});

it('does not depend on how the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 })), (pieces) => {
      const hash = new Sha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.hex()).toBe(expected(Buffer.concat(pieces)));
    }),
  );
});
