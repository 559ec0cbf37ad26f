// What residual sums and squeeze-excitation declare and refuse; their gradients are tested in ../gradients.test.ts.
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../errors.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import { batchNorm } from './batch-norm.js';
import { conv2d } from './conv2d.js';
import type { GraphContext } from './layer.js';
import { residualSum } from './residual-sum.js';
import { sequence } from './sequence.js';
import { squeezeExcitation } from './squeeze-excitation.js';

const conv = (filters: number, kernel = 3) => conv2d({ filters, kernel, bias: false });

describe('residualSum', () => {
  const projected = residualSum(sequence(conv(6), batchNorm()), sequence(conv(6, 1), batchNorm()));

  test('counts and names what both branches have', () => {
    const names = projected.parameters([4, 5, 5]).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('weight'))).toEqual([
      'main/0-conv2d/weight',
      'shortcut/0-conv2d/weight',
    ]);
    expect(projected.multiplyAdds([4, 5, 5])).toBe(25 * 6 * 4 * 9 + 25 * 6 * 4);
    expect(projected.outputShape([4, 5, 5])).toEqual([6, 5, 5]);
  });

  test('hands on the running statistics of both branches under the names of their parameters', () => {
    const graph = new GraphBuilder('test');
    const context: GraphContext = {
      graph,
      training: true,
      formulas: 'cpu',
      batch: 2,
      parameter: (name: string) => name,
      mask: () => '',
    };
    const value = graph.input('x', 'float32', [2, 4, 5, 5]);
    const { statistics } = projected.forward(context, value, [4, 5, 5]);
    const moved = statistics?.map(({ parameter }) => parameter);
    const running = projected.parameters([4, 5, 5]).filter(({ trainable }) => !trainable);
    expect(moved).toEqual(running.map(({ name }) => name));
  });

  test('refuses branches that end in different shapes, and says what to do', () => {
    expect(() => residualSum(conv(6)).outputShape([4, 5, 5])).toThrow(ConfigError);
    expect(() => residualSum(conv(6)).outputShape([4, 5, 5])).toThrow(/\[6,5,5\] and \[4,5,5\]; give the shortcut/);
  });
});

describe('squeezeExcitation', () => {
  test.each([
    [16, 8, 2],
    [4, 8, 1],
  ])('of %i channels at reduction %i has an inner layer of %i', (channels, reduction, inner) => {
    const layer = squeezeExcitation({ reduction });
    const shapes = layer.parameters([channels, 5, 5]).map(({ shape }) => shape);
    expect(shapes).toEqual([[channels, inner], [inner], [inner, channels], [channels]]);
    expect(layer.multiplyAdds([channels, 5, 5])).toBe(2 * channels * inner);
  });

  test('refuses what is not a picture', () => {
    expect(() => squeezeExcitation().outputShape([7])).toThrow(ConfigError);
  });
});
