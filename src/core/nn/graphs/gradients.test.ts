// Gradients against PyTorch float64 (tests/oracles/gradients.py made the figures) and against finite differences.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../adapters/node/session.js';
import { createRandom } from '../../numbers/random.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import { LocalEngine } from '../../training/engine.js';
import { type Architecture, parametersOf } from '../architectures/architecture.js';
import { createArchitecture } from '../architectures/create-architecture.js';
import { initialWeights } from '../architectures/parameters.js';
import { relu, sigmoid } from '../layers/activation.js';
import { batchNorm } from '../layers/batch-norm.js';
import { channelConcat } from '../layers/channel-concat.js';
import { conv2d } from '../layers/conv2d.js';
import { dense, flatten } from '../layers/dense.js';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.js';
import { dropout } from '../layers/dropout.js';
import { featurePyramid } from '../layers/feature-pyramid.js';
import { elements, type Layer, type Shape } from '../layers/layer.js';
import { rescale } from '../layers/normalise.js';
import { globalAveragePool, maxPool2d } from '../layers/pooling.js';
import { residualSum } from '../layers/residual-sum.js';
import { sequence } from '../layers/sequence.js';
import { squeezeExcitation } from '../layers/squeeze-excitation.js';
import { upSample2d } from '../layers/up-sample2d.js';
import { softTargetCrossEntropy } from '../losses/loss.js';

interface Numbers {
  readonly norm: number;
  readonly step: number;
  readonly values: readonly number[];
}

interface Fixture {
  readonly layers: readonly {
    name: string;
    input: Numbers;
    output: Numbers;
    parameters: Record<string, Numbers>;
  }[];
  readonly loss: { loss: number; input: Numbers };
  readonly networks: readonly {
    name: string;
    loss: number;
    probabilities: Numbers;
    parameters: Record<string, Numbers>;
  }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../../../../tests/fixtures/gradients.json', import.meta.url), 'utf8'),
);

/** The oracle's formula for inputs and weights. */
function noise(shape: readonly number[], salt: number, low = -1, high = 1): Float32Array {
  return Float32Array.from({ length: elements(shape) }, (_, i) => {
    const v = Math.sin(i * 12.9898 + salt * 78.233) * 43758.5453;
    return low + (high - low) * (v - Math.floor(v));
  });
}

function mask(shape: readonly number[], rate: number, salt: number): Float32Array {
  return noise(shape, salt, 0, 1).map((u) => (u >= rate ? 1 / (1 - rate) : 0));
}

/** Relative error of the stored values, as the norm of the difference over the norm. */
function relativeError(found: Float32Array, expected: Numbers): number {
  let [difference, size] = [0, 0];
  expected.values.forEach((value, i) => {
    difference += (found[i * expected.step]! - value) ** 2;
    size += value ** 2;
  });
  const norm = Math.sqrt(found.reduce((sum, v) => sum + v * v, 0));
  const ofNorm = Math.abs(norm - expected.norm) / Math.max(expected.norm, 1e-12);
  return Math.max(ofNorm, Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-12));
}

/** Runs one layer forward and backward, for the loss `sum(output * noise)`. */
async function runLayer(layer: Layer, shape: Shape, batch: number, parameters: Record<string, Float32Array>) {
  const graph = new GraphBuilder('layer');
  const feeds: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
  const feed = (name: string, dims: readonly number[], data: Float32Array): string => {
    feeds[name] = { dims, data };
    return graph.input(name, 'float32', dims);
  };
  const x = feed('x', [batch, ...shape], parameters['x'] ?? noise([batch, ...shape], 1));
  const pass = layer.forward(
    {
      graph,
      training: true,
      formulas: 'cpu',
      batch,
      parameter: (name) => {
        const found = layer.parameters(shape).find((p) => p.name === name)!;
        const data = parameters[name] ?? new Float32Array(elements(found.shape));
        return feeds[name] ? name : feed(name, found.shape, data);
      },
      mask: (sample, rate) => feed('mask', [batch, ...sample], mask([batch, ...sample], rate, 20)),
    },
    x,
    shape,
  );
  const output = [batch, ...layer.outputShape(shape)];
  const gradients = pass.backward(feed('dy', output, noise(output, 9)), true);
  const names = { output: pass.output, input: gradients.input!, ...gradients.parameters };
  for (const name of new Set(Object.values(names))) graph.output(name, 'float32', []);
  const session = await openSession(graph.build(), { optimization: 'extended' });
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, results[name]!.data as Float32Array]));
}

const tolerance = 1e-4;

describe('one layer, beside PyTorch float64', () => {
  const half = (shape: readonly number[], salt: number) => noise(shape, salt, -0.5, 0.5);
  const cases: Record<string, () => ReturnType<typeof runLayer>> = {
    batchNorm: () =>
      runLayer(batchNorm({ epsilon: 1e-3 }), [3, 5, 6], 4, {
        // The oracle normalises 2 x + 0.5; its input gradient is with respect to x.
        x: noise([4, 3, 5, 6], 1).map((v) => v * 2 + 0.5),
        scale: noise([3], 2, 0.5, 1.5),
        shift: noise([3], 3, -0.5, 0.5),
      }).then((result) => ({ ...result, input: result['input']!.map((v) => 2 * v) })),
    relu: () => runLayer(relu(), [3, 5, 5], 2, {}),
    // The oracle's sigmoid is of 4 x, so that it bends.
    sigmoid: () =>
      runLayer(sigmoid(), [8], 3, { x: noise([3, 8], 1).map((v) => 4 * v) }).then((result) => ({
        ...result,
        input: result['input']!.map((v) => 4 * v),
      })),
    maxPool2d: () => runLayer(maxPool2d(), [3, 6, 8], 2, {}),
    'maxPool2d odd': () => runLayer(maxPool2d(), [3, 7, 5], 2, {}),
    globalAveragePool: () => runLayer(globalAveragePool(), [4, 5, 6], 3, {}),
    flatten: () => runLayer(flatten(), [4, 2, 2], 3, {}),
    dense: () => runLayer(dense({ units: 5 }), [6], 4, { weight: half([6, 5], 2), bias: half([5], 3) }),
    dropout: () => runLayer(dropout(0.3), [10], 4, {}),
    squeezeExcitation: () =>
      runLayer(squeezeExcitation({ reduction: 2 }), [6, 5, 4], 3, {
        '1-dense/weight': noise([6, 3], 2, -2, 2),
        '1-dense/bias': noise([3], 3, -0.1, 0.5),
        '3-dense/weight': noise([3, 6], 4, -2, 2),
        '3-dense/bias': half([6], 5),
      }),
    'residualSum identity': () =>
      runLayer(residualSum(conv2d({ filters: 4, kernel: 3 })), [4, 7, 6], 3, {
        'main/weight': half([4, 4, 3, 3], 2),
        'main/bias': half([4], 3),
      }),
    'residualSum projection': () =>
      runLayer(
        residualSum(
          conv2d({ filters: 5, kernel: 3, bias: false }),
          sequence(conv2d({ filters: 5, kernel: 1, bias: false }), batchNorm()),
        ),
        [4, 7, 6],
        3,
        {
          'main/weight': half([5, 4, 3, 3], 2),
          'shortcut/0-conv2d/weight': half([5, 4, 1, 1], 3),
          'shortcut/1-batchNorm/scale': noise([5], 4, 0.5, 1.5),
          'shortcut/1-batchNorm/shift': half([5], 5),
        },
      ),
  };
  const strided = (kernel: number, stride: number, input: Shape, filters: number) =>
    runLayer(conv2d({ filters, kernel, stride }), input, 3, {
      weight: half([filters, input[0]!, kernel, kernel], 2),
      bias: half([filters], 3),
    });
  cases['conv2d k3 stride 2'] = () => strided(3, 2, [4, 32, 28], 5);
  cases['conv2d k3 stride 2, small and odd'] = () => strided(3, 2, [4, 9, 7], 5);
  cases['conv2d k6 stride 4'] = () => strided(6, 4, [3, 64, 48], 8);
  const depthwise = (kernel: number, batch: number, input: Shape) =>
    runLayer(depthwiseConv2d({ kernel }), input, batch, { weight: half([input[0]!, 1, kernel, kernel], 2) });
  cases['depthwiseConv2d narrow'] = () => depthwise(3, 3, [5, 7, 9]);
  cases['depthwiseConv2d k5'] = () => depthwise(5, 2, [4, 12, 12]);
  cases['depthwiseConv2d wide'] = () => depthwise(3, 9, [64, 34, 32]);
  cases['upSample2d'] = () => runLayer(upSample2d(), [3, 4, 5], 2, {});
  cases['channelConcat'] = () =>
    runLayer(
      channelConcat(
        conv2d({ filters: 2, kernel: 1, bias: false }),
        relu(),
        conv2d({ filters: 4, kernel: 3, bias: false }),
      ),
      [3, 5, 6],
      2,
      { '0-conv2d/weight': half([2, 3, 1, 1], 2), '2-conv2d/weight': half([4, 3, 3, 3], 3) },
    );
  cases['featurePyramid'] = () =>
    runLayer(
      featurePyramid([
        { stage: sequence(conv2d({ filters: 4, kernel: 3, bias: false }), batchNorm()), merge: batchNorm() },
        {
          stage: sequence(maxPool2d(), conv2d({ filters: 4, kernel: 1, bias: false })),
          merge: conv2d({ filters: 4, kernel: 1, bias: false }),
        },
        { stage: sequence(maxPool2d(), depthwiseConv2d()), merge: relu() },
      ]),
      [3, 8, 12],
      2,
      {
        'stage0/0-conv2d/weight': half([4, 3, 3, 3], 2),
        'stage0/1-batchNorm/scale': noise([4], 3, 0.5, 1.5),
        'stage0/1-batchNorm/shift': half([4], 4),
        'level0/scale': noise([4], 5, 0.5, 1.5),
        'level0/shift': half([4], 6),
        'stage1/1-conv2d/weight': half([4, 4, 1, 1], 7),
        'level1/weight': half([4, 4, 1, 1], 8),
        'stage2/1-depthwiseConv2d/weight': half([4, 1, 3, 3], 9),
      },
    );
  cases['conv2d of one channel'] = () =>
    runLayer(conv2d({ filters: 5, kernel: 3, bias: false }), [1, 16, 16], 3, { weight: half([5, 1, 3, 3], 2) });
  // Large enough for the weight gradient to be computed in parts, and no multiple of a part.
  cases['conv2d of many channels'] = () =>
    runLayer(conv2d({ filters: 32, kernel: 3, bias: false }), [32, 40, 40], 6, { weight: half([32, 32, 3, 3], 2) });
  for (const kernel of [2, 3, 5]) {
    for (const padding of ['same', 'valid'] as const) {
      for (const size of [7, 16]) {
        cases[`conv2d k${kernel} ${padding} ${size}`] = () =>
          runLayer(conv2d({ filters: 5, kernel, padding }), [4, size, size], 3, {
            weight: half([5, 4, kernel, kernel], 2),
            bias: half([5], 3),
          });
      }
    }
  }
  test.each(fixture.layers.map((layer) => [layer.name, layer] as const))('%s', async (name, expected) => {
    const found = await cases[name]!();
    expect(relativeError(found['output']!, expected.output)).toBeLessThan(tolerance);
    expect(relativeError(found['input']!, expected.input)).toBeLessThan(tolerance);
    for (const [key, numbers] of Object.entries(expected.parameters)) {
      expect(relativeError(found[key]!, numbers), key).toBeLessThan(tolerance);
    }
  });

  test('softTargetCrossEntropy', async () => {
    const graph = new GraphBuilder('loss');
    const dims = [5, 7];
    const targets = noise(dims, 2, 0.01, 1);
    for (let row = 0; row < 5; row++) {
      const sum = targets.subarray(row * 7, row * 7 + 7).reduce((a, b) => a + b, 0);
      for (let i = 0; i < 7; i++) targets[row * 7 + i]! /= sum;
    }
    const inputs = [graph.input('logits', 'float32', dims), graph.input('targets', 'float32', dims)] as const;
    const { loss, gradient } = softTargetCrossEntropy(graph, ...inputs, 5);
    for (const name of [loss, gradient]) graph.output(name, 'float32', []);
    const session = await openSession(graph.build());
    const feeds = { logits: { dims, data: noise(dims, 1, -3, 3) }, targets: { dims, data: targets } };
    const results = await session.run(feeds);
    expect((results[loss]!.data as Float32Array)[0]! / fixture.loss.loss).toBeCloseTo(1, 5);
    expect(relativeError(results[gradient]!.data as Float32Array, fixture.loss.input)).toBeLessThan(tolerance);
  });
});

describe('max pool ties', () => {
  test('the elements that share a maximum share its gradient', async () => {
    const x = new Float32Array([3, 3, 1, 5, 3, 3, 2, 4, 0, 7, 6, 6, 7, 0, 1, 6]);
    const { input } = await runLayer(maxPool2d(), [1, 4, 4], 1, { x });
    const [a, b, c, d] = noise([4], 9) as unknown as [number, number, number, number];
    const expected = [a / 4, a / 4, 0, b, a / 4, a / 4, 0, 0, 0, c / 2, d / 3, d / 3, c / 2, 0, 0, d / 3];
    expect([...input!].map((v, i) => Math.abs(v - expected[i]!)).every((difference) => difference < 1e-6)).toBe(true);
  });
});

describe.each([
  ['cpu', 2],
  ['cpu', 1],
  ['portable', 1],
] as const)('whole networks by the %s formulas and %i threads, beside PyTorch float64', (formulas, threads) => {
  test.each(fixture.networks.map((network) => [network.name, network] as const))('%s', async (name, expected) => {
    const architecture = createArchitecture(name, { classes: 7 });
    const names = parametersOf(architecture);
    const weights = new Map(names.map(({ name, shape }, i) => [name, noise(shape, 101 + i, ...bounds(name, shape))]));
    const engine = new LocalEngine(architecture, openSession, {
      optimiser: { name: 'sgd' },
      weights,
      formulas,
      threads,
    });
    const targets = noise([4, 7], 51, 0.01, 1);
    for (let row = 0; row < 4; row++) {
      const sum = targets.subarray(row * 7, row * 7 + 7).reduce((a, b) => a + b, 0);
      for (let i = 0; i < 7; i++) targets[row * 7 + i]! /= sum;
    }
    const { height, width } = architecture.crop;
    const found = await engine.gradients({
      size: 4,
      side: height,
      pixels: noise([4, 1, height, width], 50, 0, 255),
      targets,
      masks: engine.masks.map(({ shape, rate }, i) => mask([4, ...shape], rate, 1001 + i)),
    });
    expect(found.loss / expected.loss).toBeCloseTo(1, 5);
    expect(relativeError(found.probabilities, expected.probabilities)).toBeLessThan(tolerance);
    expect([...found.gradients.keys()].sort()).toEqual(Object.keys(expected.parameters).sort());
    for (const [key, numbers] of Object.entries(expected.parameters)) {
      expect(relativeError(found.gradients.get(key)!, numbers), key).toBeLessThan(tolerance);
    }
    await engine.release();
  });
});

/** The oracle's ranges of weights. */
function bounds(name: string, shape: readonly number[]): [number, number] {
  if (name.endsWith('/bias')) return [-0.1, 0.1];
  if (name.endsWith('/scale')) return [0.5, 1.5];
  if (name.endsWith('/shift')) return [-0.3, 0.3];
  if (name.endsWith('/mean') || name.endsWith('/variance')) return [0, 1];
  const fan = shape.length === 4 ? elements(shape.slice(1)) : shape[0]!;
  return [-Math.sqrt(6 / fan), Math.sqrt(6 / fan)];
}

describe('finite differences', () => {
  const tiny = (...layers: Layer[]): Architecture => ({
    name: 'tiny',
    input: { height: 8, width: 8 },
    view: { height: 8, width: 8 },
    crop: { height: 8, width: 8 },
    features: sequence(rescale(1 / 255), ...layers),
    head: dense({ units: 3 }),
  });
  const nets: Record<string, Architecture> = {
    'dense only': tiny(flatten(), dense({ units: 6 }), relu()),
    'conv, batch norm, pool': tiny(
      conv2d({ filters: 4, kernel: 3, bias: false }),
      batchNorm(),
      maxPool2d(),
      relu(),
      conv2d({ filters: 5, kernel: 3, padding: 'valid' }),
      globalAveragePool(),
    ),
    'residual sums and squeeze-excitation': tiny(
      conv2d({ filters: 4, kernel: 3, bias: false }),
      residualSum(sequence(conv2d({ filters: 4, kernel: 3, bias: false }), batchNorm(), squeezeExcitation())),
      residualSum(sequence(conv2d({ filters: 6, kernel: 3 }), relu(), dropout(0.2)), conv2d({ filters: 6, kernel: 1 })),
      maxPool2d(),
      globalAveragePool(),
    ),
    'strides, depthwise convolutions, a pyramid and branches': tiny(
      conv2d({ filters: 4, kernel: 3, stride: 2, bias: false }),
      batchNorm(),
      featurePyramid([
        { stage: sequence(conv2d({ filters: 4, kernel: 1 }), depthwiseConv2d()), merge: batchNorm() },
        { stage: maxPool2d(), merge: sequence(depthwiseConv2d(), relu()) },
      ]),
      channelConcat(conv2d({ filters: 1, kernel: 1, initialBias: -2 }), conv2d({ filters: 3, kernel: 1 })),
      flatten(),
    ),
    'dropout and a nested sequence': tiny(
      sequence(conv2d({ filters: 3, kernel: 2 }), relu(), dropout(0.4)),
      flatten(),
      dense({ units: 5 }),
      batchless(),
    ),
    'an auxiliary head on the same embedding': {
      ...tiny(flatten(), dense({ units: 5 }), relu()),
      auxiliary: dense({ units: 4 }),
    },
    'an L2 penalty is in the loss, its gradient in the optimiser': tiny(flatten(), dense({ units: 4, l2: 0.05 })),
  };

  test.each(Object.keys(nets))('%s', async (name) => {
    const architecture = nets[name]!;
    const random = createRandom(7);
    const weights = initialWeights(architecture, random);
    const engine = new LocalEngine(architecture, openSession, { optimiser: { name: 'sgd' }, weights });
    const batch = {
      size: 4,
      side: 8,
      pixels: Float32Array.from({ length: 4 * 64 }, () => random.between(0, 255)),
      targets: Float32Array.from({ length: 12 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 0.8 : 0.1)),
      votes: architecture.auxiliary && Float32Array.from({ length: 16 }, (_, i) => (i % 4 === 1 ? 0.3 : 0.1)),
      masks: engine.masks.map(({ shape, rate }) =>
        Float32Array.from({ length: 4 * elements(shape) }, () => (random.next() < rate ? 0 : 1 / (1 - rate))),
      ),
    };
    const { gradients } = await engine.gradients(batch);
    for (const parameter of parametersOf(architecture).filter((p) => p.trainable)) {
      const values = weights.get(parameter.name)!;
      const gradient = gradients.get(parameter.name)!;
      const direction = values.map(() => random.normal());
      const saved = values.slice();
      const lossAt = async (distance: number): Promise<number> => {
        saved.forEach((v, i) => {
          values[i] = v + distance * direction[i]!;
        });
        return (await engine.gradients(batch)).loss;
      };
      const distance = 3e-4; // small, so that few ReLUs change sides
      const numeric = ((await lossAt(distance)) - (await lossAt(-distance))) / (2 * distance);
      values.set(saved);
      const analytic = direction.reduce((sum, d, i) => sum + d * (gradient[i]! + 2 * parameter.l2 * saved[i]!), 0);
      expect(Math.abs(numeric - analytic), parameter.name).toBeLessThan(2e-3 + 0.02 * Math.abs(analytic));
    }
    await engine.release();
  });
});

/** A layer that changes nothing: sequences must pass gradients through layers without parameters. */
function batchless(): Layer {
  return {
    kind: 'identity',
    outputShape: (input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    forward: (_, value) => ({ output: value, backward: (gradient) => ({ input: gradient, parameters: {} }) }),
  };
}
