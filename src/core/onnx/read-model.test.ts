import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelFormatError } from '../errors.js';
import { GraphBuilder } from './graph-builder.js';
import { readModel } from './read-model.js';

function smallModel(): Uint8Array {
  const g = new GraphBuilder('small');
  const x = g.input('x', 'float32', ['batch', 3]);
  const weights = g.constant({ dims: [3, 2], data: new Float32Array([1, 2, 3, 4, 5, -6]) }, 'weights');
  const y = g.node('Gemm', [x, weights], { alpha: { float: 0.5 }, transB: { int: 0 } });
  const z = g.node('Transpose', [y], { perm: { ints: [1, 0] } });
  g.output(g.rename(z, 'z'), 'float32', [2, 'batch']);
  return g.build({ moodlens: '{"a":"é"}' });
}

describe('writing and reading a model', () => {
  test('what was written is read back', () => {
    const model = readModel(smallModel());
    expect(model.opset).toBe(17);
    expect(model.metadata.get('moodlens')).toBe('{"a":"é"}');
    expect(model.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 3] }]);
    expect(model.outputs).toEqual([{ name: 'z', type: 'float32', dims: [2, 'batch'] }]);
    expect(model.nodes.map((node) => node.operator)).toEqual(['Gemm', 'Transpose', 'Identity']);
    expect(model.nodes[0]?.attributes).toEqual({ alpha: { float: 0.5 }, transB: { int: 0 } });
    expect(model.nodes[1]?.attributes).toEqual({ perm: { ints: [1, 0] } });
    expect(model.initializers[0]).toEqual({
      name: 'weights',
      dims: [3, 2],
      type: 'float32',
      data: new Float32Array([1, 2, 3, 4, 5, -6]),
    });
  });

  test('negative integers survive', () => {
    const g = new GraphBuilder('negative');
    const x = g.input('x', 'float32', [4]);
    g.output(g.node('ReduceSum', [x, g.integers(-1)], { keepdims: { int: -7 } }), 'float32', [1]);
    const model = readModel(g.build());
    expect(model.nodes[0]?.attributes).toEqual({ keepdims: { int: -7 } });
    expect(model.initializers[0]?.data).toEqual(new BigInt64Array([-1n]));
  });

  test('a name can be given only once', () => {
    const g = new GraphBuilder('twice');
    g.input('x', 'float32', [1]);
    expect(() => g.input('x', 'float32', [1])).toThrow("'x' is taken");
  });
});

describe('bytes that are not a model', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<html>not found</html>')],
    ['zeros', new Uint8Array(100)],
    ['half a model', smallModel().slice(0, 60)],
  ])('%s is a ModelFormatError', (_, bytes) => {
    expect(() => readModel(bytes)).toThrow(ModelFormatError);
  });

  test('any damage gives a model or a ModelFormatError, nothing else', () => {
    const good = smallModel();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(good.length),
        (changes, cut) => {
          const bytes = good.slice(0, cut);
          for (const [at, value] of changes) if (at < cut) bytes[at] = value;
          try {
            readModel(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(ModelFormatError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('weights in another file are refused', () => {
    // TensorProto { dims: 1, data_type: 1, name: "w", data_location: EXTERNAL } inside graph { initializer } and opset 17.
    const tensor = [0x08, 1, 0x10, 1, 0x42, 1, 0x77, 0x70, 1];
    const graph = [0x2a, tensor.length, ...tensor];
    const bytes = new Uint8Array([0x3a, graph.length, ...graph, 0x42, 2, 0x10, 17]);
    expect(() => readModel(bytes)).toThrow('another file');
  });
});
