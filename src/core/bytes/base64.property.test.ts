// Base64: Node's own answers, and what is none.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.js';

it("is as Node's, and decodes to the same bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(text)).toEqual(Uint8Array.from(bytes));
    }),
  );
  const long = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7) & 255);
  expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'));
});

it.each(['A', 'AAA', 'AA=A', 'A===', 'AA-_', 'AAA\u0141', 'A A A A '])('refuses %s', (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});
