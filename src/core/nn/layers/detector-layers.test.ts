// What strided and depthwise convolutions, up-sampling, branches and the pyramid declare and refuse; their gradients are
// tested in ../gradients.test.ts.
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../errors.js';
import { batchNorm } from './batch-norm.js';
import { channelConcat } from './channel-concat.js';
import { conv2d } from './conv2d.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { featurePyramid, pyramidSizes } from './feature-pyramid.js';
import type { Layer } from './layer.js';
import { maxPool2d } from './pooling.js';
import { sequence } from './sequence.js';
import { upSample2d } from './up-sample2d.js';

describe('conv2d with a stride', () => {
  test.each([
    [3, 2, 64, 32],
    [3, 2, 9, 4],
    [6, 4, 256, 64],
    [2, 2, 8, 4],
  ])('kernel %i, stride %i: a side of %i becomes %i', (kernel, stride, side, expected) => {
    const layer = conv2d({ filters: 5, kernel, stride });
    expect(layer.outputShape([3, side, 2 * side])).toEqual([5, expected, 2 * expected + (side % 2)]);
    expect(layer.multiplyAdds([3, side, side])).toBe(5 * expected * expected * 3 * kernel * kernel);
  });

  test('refuses a kernel that leaves pixels out', () => {
    expect(() => conv2d({ filters: 5, kernel: 2, stride: 3 })).toThrow(ConfigError);
  });

  test('begins with the bias that was asked for', () => {
    const [, bias] = conv2d({ filters: 5, kernel: 1, initialBias: -4 }).parameters([3, 4, 4]);
    expect(bias?.initializer).toEqual({ rule: 'constant', value: -4 });
  });
});

describe('depthwiseConv2d', () => {
  test('has one kernel per channel and no bias', () => {
    const layer = depthwiseConv2d({ l2: 0.1 });
    expect(layer.outputShape([6, 5, 4])).toEqual([6, 5, 4]);
    expect(layer.parameters([6, 5, 4]).map(({ name, shape, l2 }) => [name, shape, l2])).toEqual([
      ['weight', [6, 1, 3, 3], 0.1],
    ]);
    expect(layer.multiplyAdds([6, 5, 4])).toBe(6 * 5 * 4 * 9);
  });

  test('refuses an even kernel and what is no picture', () => {
    expect(() => depthwiseConv2d({ kernel: 2 })).toThrow(/odd, not 2/);
    expect(() => depthwiseConv2d().outputShape([7])).toThrow(ConfigError);
  });
});

test('upSample2d doubles height and width, and refuses what is no picture', () => {
  expect(upSample2d().outputShape([6, 5, 4])).toEqual([6, 10, 8]);
  expect(() => upSample2d().outputShape([7])).toThrow(ConfigError);
});

describe('channelConcat', () => {
  test('adds up channels, names its branches by number, and hands on their running statistics', () => {
    const layer = channelConcat(conv2d({ filters: 2, kernel: 1 }), batchNorm());
    expect(layer.outputShape([3, 5, 4])).toEqual([5, 5, 4]);
    expect(layer.parameters([3, 5, 4]).map(({ name }) => name)).toEqual([
      '0-conv2d/weight',
      '0-conv2d/bias',
      '1-batchNorm/scale',
      '1-batchNorm/shift',
      '1-batchNorm/mean',
      '1-batchNorm/variance',
    ]);
    expect(layer.multiplyAdds([3, 5, 4])).toBe(2 * 3 * 5 * 4);
  });

  test('refuses branches of different sizes', () => {
    expect(() => channelConcat(maxPool2d(), batchNorm()).outputShape([3, 4, 4])).toThrow(/not \[3,2,2\] and \[3,4,4\]/);
  });
});

describe('featurePyramid', () => {
  const level = (...before: Layer[]) => ({
    stage: sequence(...before, conv2d({ filters: 4, kernel: 1, bias: false })),
    merge: depthwiseConv2d(),
  });
  const levels = [level(), level(maxPool2d()), level(maxPool2d())];

  test('puts the places of its levels in a row, finest first', () => {
    expect(featurePyramid(levels).outputShape([3, 8, 16])).toEqual([4, 1, 128 + 32 + 8]);
    expect(pyramidSizes(levels, [3, 8, 16])).toEqual([
      [4, 8, 16],
      [4, 4, 8],
      [4, 2, 4],
    ]);
  });

  test('counts and names what its levels have', () => {
    const pyramid = featurePyramid(levels);
    expect(pyramid.parameters([3, 8, 16]).map(({ name }) => name)).toEqual([
      'stage0/0-conv2d/weight',
      'level0/weight',
      'stage1/1-conv2d/weight',
      'level1/weight',
      'stage2/1-conv2d/weight',
      'level2/weight',
    ]);
    expect(pyramid.multiplyAdds([3, 8, 16])).toBe(128 * 4 * 3 + (32 + 8) * 4 * 4 + (128 + 32 + 8) * 4 * 9);
  });

  test('refuses sides that its strides do not divide, and says so', () => {
    expect(() => featurePyramid(levels).outputShape([3, 8, 12])).not.toThrow();
    expect(() => featurePyramid(levels).outputShape([3, 8, 10])).toThrow(
      /level 2 must give half of \[4,4,5\].*\[4,2,2\]/,
    );
  });
});
