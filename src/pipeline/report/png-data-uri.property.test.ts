// Data URIs hold the bytes that they were made of.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pngDataUri } from './png-data-uri.js';

it('encodes bytes as Node does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(pngDataUri(bytes)).toBe(`data:image/png;base64,${Buffer.from(bytes).toString('base64')}`);
    }),
  );
});
