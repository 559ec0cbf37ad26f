// Folding changes no number beyond rounding, and folds nothing that it must not.
import { describe, expect, it } from 'vitest';
import { openSession } from '../../adapters/node/session.js';
import { buildModel } from '../model/build-model.js';
import { createArchitecture } from '../nn/architectures/create-architecture.js';
import { initialWeights } from '../nn/architectures/parameters.js';
import { createRandom } from '../numbers/random.js';
import { foldBatchNorm } from './fold-batch-norm.js';
import { GraphBuilder } from './graph-builder.js';
import { metadataKey } from './metadata-key.js';
import type { OnnxModel } from './onnx-model.js';
import { readModel } from './read-model.js';
import { writeModel } from './write-model.js';

const random = createRandom(3);
const numbers = (length: number, low: number, high: number) =>
  Float32Array.from({ length }, () => random.between(low, high));

/** A network whose batch normalisations do something: statistics, scales and shifts are random. */
function network(name: 'residual' | 'original'): OnnxModel {
  const architecture = createArchitecture(name, { classes: 3 });
  const weights = initialWeights(architecture, random);
  for (const [parameter, values] of weights) {
    if (!parameter.includes('batchNorm')) continue;
    const isVariance = parameter.endsWith('variance');
    weights.set(parameter, numbers(values.length, isVariance ? 0.5 : -0.5, 1.5));
  }
  const bytes = buildModel(architecture, weights, {} as never);
  const model = readModel(bytes);
  return { ...model, metadata: new Map([[metadataKey, '{}']]) };
}

/** Conv (with a bias) and BatchNormalization; `between` is put in the middle of them. */
function pair(between: (graph: GraphBuilder, value: string) => string, alsoOutput = false): OnnxModel {
  const graph = new GraphBuilder('pair');
  const x = graph.input('x', 'float32', [1, 2, 5, 5]);
  const kernel = graph.constant({ dims: [3, 2, 3, 3], data: numbers(54, -1, 1) });
  const conv = graph.node('Conv', [x, kernel, graph.constant({ dims: [3], data: numbers(3, -1, 1) })]);
  const statistics = [0, 1, 2, 3].map((k) => graph.constant({ dims: [3], data: numbers(3, k === 3 ? 0.2 : -1, 2) }));
  const norm = graph.node('BatchNormalization', [between(graph, conv), ...statistics], { epsilon: { float: 0.1 } });
  graph.output(graph.rename(norm, 'y'), 'float32', [1, 3, 3, 3]);
  if (alsoOutput) graph.output(conv, 'float32', [1, 3, 3, 3]);
  return readModel(graph.build());
}

/** BatchNormalization of the input, three channels of 4 x 4, and what is made of it. */
function forward(layer: (graph: GraphBuilder, value: string) => string): OnnxModel {
  const graph = new GraphBuilder('forward');
  const x = graph.input('x', 'float32', ['batch', 3, 4, 4]);
  const statistics = [0, 1, 2, 3].map((k) => graph.constant({ dims: [3], data: numbers(3, k === 3 ? 0.2 : -1, 2) }));
  const norm = graph.node('BatchNormalization', [x, ...statistics]);
  graph.output(graph.rename(layer(graph, norm), 'y'), 'float32', ['batch', 3]);
  return readModel(graph.build());
}

const count = ({ nodes }: OnnxModel, operator: string) => nodes.filter((node) => node.operator === operator).length;

async function largestDifference(a: OnnxModel, b: OnnxModel, feeds: Parameters<typeof run>[1]): Promise<number> {
  const [first, second] = [await run(a, feeds), await run(b, feeds)];
  const names = Object.keys(first);
  return Math.max(
    ...names.flatMap((name) => {
      const [p, q] = [first[name]!.data as Float32Array, second[name]!.data as Float32Array];
      const scale = Math.max(1, ...p.map(Math.abs));
      return [...p].map((value, i) => Math.abs(value - q[i]!) / scale);
    }),
  );
}

async function run(model: OnnxModel, feeds: Parameters<Awaited<ReturnType<typeof openSession>>['run']>[0]) {
  const session = await openSession(writeModel(model));
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

describe('foldBatchNorm', () => {
  it.each([
    ['residual', 10, 0],
    // The study case's network normalises behind its pools: folded into the convolutions after them, and the last into a dense layer.
    ['original', 3, 0],
  ] as const)('leaves what %s computes as it is', async (name, folded, left) => {
    const model = network(name);
    const after = foldBatchNorm(model);
    expect(count(model, 'BatchNormalization') - count(after, 'BatchNormalization')).toBe(folded);
    expect(count(after, 'BatchNormalization')).toBe(left);
    const image = { dims: [2, 1, 48, 48], data: Uint8Array.from({ length: 2 * 2304 }, () => random.integer(256)) };
    expect(await largestDifference(model, after, { image })).toBeLessThan(1e-5);
    const constants = after.initializers.map((initializer) => initializer.name);
    expect(constants.some((constant) => constant.endsWith('variance'))).toBe(left > 0);
  });

  it('takes a bias and an epsilon along', async () => {
    const model = pair((_, conv) => conv);
    const after = foldBatchNorm(model);
    expect(after.nodes.map(({ operator }) => operator)).toEqual(['Conv', 'Identity']);
    const x = { dims: [1, 2, 5, 5], data: numbers(50, -2, 2) };
    expect(await largestDifference(model, after, { x })).toBeLessThan(1e-6);
  });

  it.each([0, 1])('folds forward into a convolution only without padding: %i', async (pad) => {
    const model = forward((graph, norm) => {
      const kernel = graph.constant({ dims: [4, 3, 2, 2], data: numbers(48, -1, 1) });
      return graph.node('Conv', [norm, kernel], { pads: { ints: [pad, pad, pad, pad] } });
    });
    const after = foldBatchNorm(model);
    expect(count(after, 'BatchNormalization')).toBe(pad);
    const x = { dims: [2, 3, 4, 4], data: numbers(96, -2, 2) };
    expect(await largestDifference(model, after, { x })).toBeLessThan(1e-6);
  });

  it('folds forward over a flattening into a dense layer, but not into one that is transposed', async () => {
    const dense = (transposed: boolean) =>
      forward((graph, norm) => {
        const weight = graph.constant({ dims: transposed ? [5, 48] : [48, 5], data: numbers(240, -1, 1) });
        const bias = graph.constant({ dims: [5], data: numbers(5, -1, 1) });
        const attributes = transposed ? { transB: { int: 1 } } : {};
        return graph.node('Gemm', [graph.node('Flatten', [norm]), weight, bias], attributes);
      });
    const [model, transposed] = [dense(false), dense(true)];
    const after = foldBatchNorm(model);
    expect(after.nodes.map(({ operator }) => operator)).toEqual(['Flatten', 'Gemm', 'Identity']);
    const x = { dims: [2, 3, 4, 4], data: numbers(96, -2, 2) };
    expect(await largestDifference(model, after, { x })).toBeLessThan(1e-6);
    expect(foldBatchNorm(transposed)).toEqual(transposed);
  });

  it('does not fold forward what something else uses, or into a convolution of parts of the channels', () => {
    const twice = forward((graph, norm) => {
      const kernel = graph.constant({ dims: [3, 3, 1, 1], data: numbers(9, -1, 1) });
      return graph.node('Add', [graph.node('Conv', [norm, kernel]), norm]);
    });
    expect(foldBatchNorm(twice)).toEqual(twice);
    const grouped = forward((graph, norm) => {
      const kernel = graph.constant({ dims: [3, 1, 2, 2], data: numbers(12, -1, 1) });
      return graph.node('Conv', [norm, kernel], { group: { int: 3 } });
    });
    expect(foldBatchNorm(grouped)).toEqual(grouped);
  });

  it('leaves a normalisation behind something else, and a convolution that others use', () => {
    const behind = pair((graph, conv) => graph.node('Relu', [conv]));
    expect(foldBatchNorm(behind)).toEqual(behind);
    const shared = pair((_, conv) => conv, true);
    expect(foldBatchNorm(shared)).toEqual(shared);
  });
});
