import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaError } from '../errors.js';
import { packServedFrame, type ServedFrame, unpackServedFrame } from './served-frame.js';

const frames = fc.record({
  sequence: fc.nat(),
  width: fc.integer({ min: 1, max: 10_000 }),
  height: fc.integer({ min: 1, max: 10_000 }),
  capturedAt: fc.integer({ min: 0, max: 2e12 }),
  result: fc.record({ faces: fc.array(fc.record({ person: fc.string(), track: fc.nat() })) }),
}) as unknown as fc.Arbitrary<ServedFrame>;
const bytes = fc.uint8Array({ maxLength: 200 }) as fc.Arbitrary<Uint8Array<ArrayBuffer>>;

describe('a served frame', () => {
  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(frames, bytes, (header, jpeg) => {
        expect(unpackServedFrame(packServedFrame(header, jpeg))).toEqual({ header, jpeg });
      }),
    );
  });

  it('begins with its length, little endian', () => {
    const header = { sequence: 1, width: 2, height: 3, capturedAt: 4, result: { faces: [] } } as unknown as ServedFrame;
    const message = packServedFrame(header, Uint8Array.of(255, 216));
    const json = JSON.stringify(header);
    expect([...message.subarray(0, 4)]).toEqual([json.length, 0, 0, 0]);
    expect(new TextDecoder().decode(message.subarray(4, 4 + json.length))).toBe(json);
    expect([...message.subarray(4 + json.length)]).toEqual([255, 216]);
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(bytes, (message) => {
        expect(() => unpackServedFrame(message)).toThrow(MediaError);
      }),
    );
    for (const text of ['null', '1', '[]', '{}', '{"sequence":1,"width":2,"height":3,"capturedAt":4}']) {
      const message = new Uint8Array([text.length, 0, 0, 0, ...new TextEncoder().encode(text)]);
      expect(() => unpackServedFrame(message)).toThrow(MediaError);
    }
  });
});
