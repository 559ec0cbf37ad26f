// The int8 form: exact where all numbers lie on the grid, within half a step elsewhere; and the ranges that it needs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { calibrate } from './calibrate.js';
import { foldBatchNorm } from './fold-batch-norm.js';
import { GraphBuilder } from './graph-builder.js';
import type { OnnxModel } from './onnx-model.js';
import { quantiseConvolutions, valuesToCalibrate } from './quantise-convolutions.js';
import { readModel } from './read-model.js';
import { writeModel } from './write-model.js';

const side = 6;

/** A convolution of one channel to two and a tail, with the given integers as its kernel and bias. */
function convolution(kernel: readonly number[], bias: readonly number[], tail: readonly string[]): OnnxModel {
  const graph = new GraphBuilder('small');
  const x = graph.input('x', 'float32', [1, 1, side, side]);
  const weights = graph.constant({ dims: [2, 1, 3, 3], data: Float32Array.from(kernel) });
  const offsets = graph.constant({ dims: [2], data: Float32Array.from(bias) });
  let value = graph.node('Conv', [x, weights, offsets], { pads: { ints: [1, 1, 1, 1] } }, 'conv');
  for (const operator of tail) {
    const pool = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
    value = graph.node(operator, [value], operator === 'MaxPool' ? pool : {}, `end${operator}`);
  }
  graph.output(graph.rename(value, 'y'), 'float32', ['batch', 2, 'height', 'width']);
  return readModel(graph.build());
}

async function run(model: OnnxModel, pixels: readonly number[]): Promise<Float32Array> {
  const session = await openSession(writeModel(model));
  const { y } = await session.run({ x: { dims: [1, 1, side, side], data: Float32Array.from(pixels) } });
  await session.release();
  return y!.data as Float32Array;
}

describe('quantiseConvolutions', () => {
  // Kernels reach 64 and pixels 255, so that both lie on their grids whole: only the output is rounded.
  const kernels = fc
    .array(fc.integer({ min: -64, max: 64 }), { minLength: 18, maxLength: 18 })
    .map((weights) => weights.with(0, 64).with(9, -64));
  const pixels = fc
    .array(fc.integer({ min: 0, max: 255 }), { minLength: side * side, maxLength: side * side })
    .map((values) => values.with(0, 255));
  const biases = fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 2, maxLength: 2 });

  it.each([[[]], [['Relu']], [['MaxPool']], [['MaxPool', 'Relu']], [['Relu', 'MaxPool']]])(
    'is within half a step of the float form, behind it %j',
    async (tail) => {
      await fc.assert(
        fc.asyncProperty(kernels, biases, pixels, async (kernel, bias, picture) => {
          const model = convolution(kernel, bias, tail);
          const exact = await run(model, picture);
          const end = valuesToCalibrate(model).find((value) => value !== 'x')!;
          const [low, high] = [Math.min(0, ...exact), Math.max(0, ...exact)];
          const ranges = new Map([
            ['x', { low: 0, high: 255 }],
            [end, { low, high }],
          ]);
          const rounded = await run(quantiseConvolutions(model, ranges), picture);
          const step = high > low ? (high - low) / 255 : 1;
          exact.forEach((value, i) => {
            expect(Math.abs(value - rounded[i]!)).toBeLessThanOrEqual(step * 0.5001 + 1e-3);
          });
        }),
        { numRuns: 15 },
      );
    },
  );

  it('cuts off what lies outside the range', async () => {
    const model = convolution([64, ...new Array(17).fill(0)], [0, 5], []);
    const ranges = new Map([
      ['x', { low: 0, high: 255 }],
      ['conv', { low: 0, high: 255 }],
    ]);
    const rounded = await run(quantiseConvolutions(model, ranges), new Array(side * side).fill(255));
    expect(Math.max(...rounded)).toBe(255);
    expect(rounded[side * side]).toBe(5);
  });

  it('lets nothing below zero out of a ReLU, whatever range it is given', async () => {
    const model = convolution([-64, ...new Array(17).fill(0)], [-9, 5], ['Relu']);
    const ranges = new Map([
      ['x', { low: 0, high: 255 }],
      ['endRelu', { low: -255, high: 255 }],
    ]);
    const rounded = await run(quantiseConvolutions(model, ranges), new Array(side * side).fill(255));
    expect([Math.min(...rounded), Math.max(...rounded)]).toEqual([0, 5]);
  });

  it('keeps the bias of a filter whose weights are all but gone', async () => {
    const model = convolution([64, ...new Array(8).fill(0), 1e-12, ...new Array(8).fill(1e-20)], [0, 100], []);
    const ranges = new Map([
      ['x', { low: 0, high: 255 }],
      ['conv', { low: 0, high: 255 }],
    ]);
    const rounded = await run(quantiseConvolutions(model, ranges), new Array(side * side).fill(1));
    expect(rounded[side * side]).toBe(100);
    const gone = convolution([64, ...new Array(8).fill(0), ...new Array(9).fill(1e-44)], [0, -100], []);
    const negative = new Map([...ranges, ['conv', { low: -255, high: 0 }]]);
    expect((await run(quantiseConvolutions(gone, negative), new Array(side * side).fill(1)))[side * side]).toBe(-100);
  });

  it('wants the range of every value, and kernels of float32', () => {
    const model = convolution(new Array(18).fill(1), [0, 0], ['Relu']);
    expect(() => quantiseConvolutions(model, new Map())).toThrow(/the range of 'x' is missing/);
    expect(valuesToCalibrate(model)).toEqual(['x', 'endRelu']);
  });

  it('writes every convolution of a network in integers, and keeps no float kernel', () => {
    const model = foldBatchNorm(readModel(untrainedModel('residual', 1)));
    const values = valuesToCalibrate(model);
    const quantised = quantiseConvolutions(model, new Map(values.map((value) => [value, { low: -1, high: 4 }])));
    const kernels = quantised.initializers.filter(({ dims }) => dims.length === 4);
    expect(kernels).toHaveLength(model.nodes.filter(({ operator }) => operator === 'Conv').length);
    expect(kernels.every(({ type }) => type === 'int8')).toBe(true);
    const bytes = writeModel(quantised);
    expect(bytes.length).toBeLessThan(0.3 * writeModel(model).length);
    expect(readModel(bytes)).toEqual(quantised);
  });
});

describe('calibrate', () => {
  const graph = new GraphBuilder('plus');
  const x = graph.input('x', 'float32', ['batch']);
  const sum = graph.node('Add', [x, graph.scalar(1)], {}, 'sum');
  graph.output(graph.rename(sum, 'y'), 'float32', ['batch']);
  const model = readModel(graph.build());
  const numbers = Float32Array.from({ length: 10_001 }, (_, i) => i / 10 - 500);
  const batches = [numbers.subarray(0, 4000), numbers.subarray(4000)].map((data) => ({
    x: { dims: [data.length], data: Float32Array.from(data) },
  }));

  it('finds the smallest and the largest number over all batches, and those of a share', async () => {
    const options = { values: ['sum', 'x'], batches, openSession };
    const whole = await calibrate(model, { ...options, share: 1 });
    expect(whole.get('sum')).toEqual({ low: -499, high: 501 });
    expect(whole.get('x')).toEqual({ low: -500, high: 500 });
    const most = await calibrate(model, { ...options, share: 0.9 });
    // 5 % off each end; to a division of 1000 / 4096.
    expect(most.get('x')!.low).toBeCloseTo(-450, 0);
    expect(most.get('x')!.high).toBeCloseTo(450, 0);
    expect(most.get('sum')!.high).toBeCloseTo(451, 0);
  });

  it('takes constant values', async () => {
    const zeros = [{ x: { dims: [3], data: new Float32Array(3) } }];
    const ranges = await calibrate(model, { values: ['x'], batches: zeros, openSession, share: 0.99 });
    expect(ranges.get('x')).toEqual({ low: 0, high: 0 });
  });
});
