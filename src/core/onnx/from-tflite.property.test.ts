// Damaged .tflite files: always a ModelFormatError or a model, never another error, quickly.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelFormatError } from '../errors.js';
import { fromTflite } from './from-tflite.js';

const file = new URL(
  '../../../node_modules/@mediapipe/face_detection/face_detection_short_range.tflite',
  import.meta.url,
);
const whole = readFileSync(file);

function convert(bytes: Uint8Array): 'converted' | 'refused' {
  try {
    fromTflite(bytes, { name: 'damaged' });
    return 'converted';
  } catch (error) {
    if (error instanceof ModelFormatError) return 'refused';
    throw error;
  }
}

/** The tables lie at the two ends of the file, the weights in between: aim mostly at the tables. */
const position = fc.oneof(
  fc.integer({ min: 0, max: 4_000 }),
  fc.integer({ min: whole.length - 24_000, max: whole.length - 1 }),
  fc.integer({ min: 0, max: whole.length - 1 }),
);

describe('a damaged .tflite file', () => {
  it('is refused or converted after single bytes changed', () => {
    const outcomes = new Set<string>();
    const changes = fc.array(fc.tuple(position, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(changes, (edits) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of edits) bytes[at] = value;
        outcomes.add(convert(bytes));
      }),
      { numRuns: 400 },
    );
    expect([...outcomes].sort()).toEqual(['converted', 'refused']);
  });

  it('is refused after whole words changed', () => {
    const word = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc, 1 << 20);
    fc.assert(
      fc.property(fc.array(fc.tuple(position, word), { minLength: 1, maxLength: 6 }), (edits) => {
        const bytes = Uint8Array.from(whole);
        const view = new DataView(bytes.buffer);
        for (const [at, value] of edits) view.setUint32(Math.min(at & ~3, bytes.length - 4), value, true);
        convert(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when cut short, wherever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(convert(whole.subarray(0, length))).toBe('refused');
      }),
      { numRuns: 200 },
    );
  });

  it('is refused when it is noise behind a good head', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const bytes = Uint8Array.from([...whole.subarray(0, 8), ...noise]);
        expect(convert(bytes)).toBe('refused');
      }),
    );
  });
});
