import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum, xxh32 } from './checksum.js';
import { encodeUtf8 } from './utf8.js';

describe('a checksum', () => {
  // Of the reference implementation.
  it.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])("is XXH32's of %j", (text, expected) => {
    const bytes = encodeUtf8(text);
    expect(xxh32(bytes.slice(), 0)).toBe(expected);
    expect(checksum(bytes)).toMatch(new RegExp(`^${expected.toString(16).padStart(8, '0')}[0-9a-f]{8}$`));
  });

  it('is another when any bit is, and the same wherever the bytes lie', () => {
    const content = fc.uint8Array({ minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(content, fc.nat(), fc.nat(7), fc.nat(3), (bytes, at, bit, offset) => {
        const changed = bytes.slice();
        changed[at % bytes.length]! ^= 1 << bit;
        expect(checksum(changed)).not.toBe(checksum(bytes));
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        expect(checksum(moved.subarray(offset))).toBe(checksum(bytes));
      }),
    );
  });
});
