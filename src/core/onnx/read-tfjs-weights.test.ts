import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelFormatError } from '../errors.js';
import { readTfjsWeights } from './read-tfjs-weights.js';

const plain = { name: 'plain', shape: [3], dtype: 'float32' };
const small = { name: 'small', shape: [2, 2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -3 } };
const manifest = (weights: readonly unknown[], paths = ['w.bin']): string => JSON.stringify([{ paths, weights }]);

/** Three floats, then four bytes. */
function bytes(): Uint8Array {
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  [1.5, -2, 1e-3].forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  out.set([0, 6, 255, 7], 12);
  return out;
}

const shard = (data = bytes()) => new Map([['w.bin', data]]);

describe('readTfjsWeights', () => {
  it('reads plain and quantised values, whichever come first', () => {
    const weights = readTfjsWeights(manifest([plain, small]), shard());
    expect(weights.get('plain')).toEqual({ shape: [3], data: Float32Array.of(1.5, -2, 1e-3), scale: 1, min: 0 });
    expect(weights.get('small')).toEqual({ shape: [2, 2], data: Uint8Array.of(0, 6, 255, 7), scale: 0.5, min: -3 });
    const turned = Uint8Array.of(...bytes().subarray(12), ...bytes().subarray(0, 12));
    expect(readTfjsWeights(manifest([small, plain]), shard(turned)).get('plain')!.data).toEqual(
      weights.get('plain')!.data,
    );
  });

  it('joins the shards of a group in the order of the manifest, and reads several groups', () => {
    const parts = new Map([
      ['b', bytes().subarray(5)],
      ['a', bytes().subarray(0, 5)],
    ]);
    const joined = readTfjsWeights(manifest([plain, small], ['a', 'b']), parts);
    expect(joined).toEqual(readTfjsWeights(manifest([plain, small]), shard()));
    const groups = JSON.stringify([
      { paths: ['a'], weights: [{ ...small, name: 'first' }] },
      { paths: ['b'], weights: [{ ...small, name: 'second' }] },
    ]);
    const of = new Map([
      ['a', Uint8Array.of(1, 2, 3, 4)],
      ['b', Uint8Array.of(5, 6, 7, 8)],
    ]);
    expect(readTfjsWeights(groups, of).get('second')!.data).toEqual(Uint8Array.of(5, 6, 7, 8));
  });

  it.each([
    ['a short shard', manifest([plain, small]), bytes().subarray(0, 15), 'must hold 16 bytes, and they hold 15'],
    ['a shard too long', manifest([small]), bytes(), 'must hold 4 bytes, and they hold 16'],
    ['another type', manifest([{ ...plain, dtype: 'int32' }]), bytes(), 'plain must be float32.*it is int32'],
    [
      'another quantisation',
      manifest([{ ...small, quantization: { dtype: 'uint16', scale: 1, min: 0 } }]),
      bytes(),
      'it is float32 as uint16',
    ],
    ['a scale of 0', manifest([{ ...small, quantization: { dtype: 'uint8', scale: 0, min: 0 } }]), bytes(), 'manifest'],
    ['a negative size', manifest([{ ...plain, shape: [-3] }]), bytes(), 'must be the manifest'],
    ['a huge size', manifest([{ ...plain, shape: [2 ** 50, 2 ** 50] }]), bytes(), 'they hold 16'],
    ['one name twice', manifest([plain, { ...small, name: 'plain' }]), bytes(), 'names plain twice'],
    ['values that are not numbers', manifest([plain]), new Uint8Array(12).fill(255), 'must hold finite numbers'],
    ['a page instead of weights', manifest([plain]), new TextEncoder().encode('<!doctype html>'), 'is an HTML page'],
    ['no manifest', '<html>', bytes(), 'must be the manifest of TensorFlow.js weights'],
    ['another JSON', '{"weights": []}', bytes(), 'must be the manifest of TensorFlow.js weights'],
  ])('refuses %s', (_, text, data, message) => {
    const read = () => readTfjsWeights(text, shard(data));
    expect(read).toThrow(ModelFormatError);
    expect(read).toThrow(new RegExp(message));
  });

  it('names a shard that is missing', () => {
    expect(() => readTfjsWeights(manifest([plain], ['other.bin']), shard())).toThrow(
      /names the shard other\.bin, and it is not there/,
    );
  });

  it('answers any manifest and any bytes with weights or a ModelFormatError', () => {
    const entry = fc.record({
      name: fc.string({ maxLength: 3 }),
      shape: fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 3 }),
      dtype: fc.constantFrom('float32', 'int32', 'string'),
      quantization: fc.option(
        fc.record({ dtype: fc.constantFrom('uint8', 'uint16'), scale: fc.double(), min: fc.double() }),
        {
          nil: undefined,
        },
      ),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), fc.uint8Array({ maxLength: 64 }), (weights, data) => {
        try {
          for (const { shape, data: values } of readTfjsWeights(manifest(weights), shard(data)).values()) {
            expect(values.length).toBe(shape.reduce((product, dim) => product * dim, 1));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFormatError);
        }
      }),
    );
  });
});
