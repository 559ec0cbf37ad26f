// UTF-8 against the platform's encoder.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

it('equals TextEncoder, lone surrogates included', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.nat(0xffff).map((code) => String.fromCharCode(code)),
          fc.constant('😀'),
        ),
      }),
      (text) => {
        expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
      },
    ),
  );
});

it('decodes what it encodes, and refuses what is not UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    }),
  );
  expect(decodeUtf8(encodeUtf8('100 % é'))).toBe('100 % é');
  expect(() => decodeUtf8(new Uint8Array([0xff, 0x41]))).toThrow(URIError);
});
