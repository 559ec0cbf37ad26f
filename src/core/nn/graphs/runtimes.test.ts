// The graphs we write, in the hands of others: ONNX's checker, onnxruntime-node and onnxruntime-web.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as web from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { describeWith, requirePython } from '../../../../tests/requirements.js';
import { openSession } from '../../../adapters/node/session.js';
import { buildModel } from '../../model/build-model.js';
import type { ModelMetadata } from '../../model/model-metadata.js';
import { createRandom } from '../../numbers/random.js';
import { countMultiplyAdds, countParameters } from '../architectures/architecture.js';
import { architectureNames, createArchitecture } from '../architectures/create-architecture.js';
import { initialWeights } from '../architectures/parameters.js';
import { buildEvaluationGraph } from './inference-graph.js';
import { buildTrainingGraph } from './training-graph.js';

function modelOf(name: string): Uint8Array {
  const architecture = createArchitecture(name, { classes: 7 });
  const metadata: ModelMetadata = {
    format: 1,
    architecture: name,
    labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    input: architecture.input,
    embedding: 1,
    parameters: 1,
    multiplyAdds: 1,
    split: '',
    metrics: {},
    dataset: '',
    run: '',
    licence: '',
  };
  return buildModel(architecture, initialWeights(architecture, createRandom(1)), metadata);
}

test('the original has as many parameters as the study case printed, at each of its kernel sizes', () => {
  const count = (kernel: number) => countParameters(createArchitecture('original', { classes: 7, kernel }));
  expect([2, 3, 5].map(count)).toEqual([3_393_255, 2_346_887, 1_200_519]);
});

test('compact needs at most 100 million multiply-adds', () => {
  expect(countMultiplyAdds(createArchitecture('compact', { classes: 7 }))).toBeLessThan(100e6);
});

describeWith(requirePython('onnx'), "ONNX's checker", () => {
  test.each(architectureNames)('accepts every graph of %s', (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'moodlens-'));
    try {
      const architecture = createArchitecture(name, { classes: 7 });
      const graphs = {
        training: buildTrainingGraph(architecture, 4).model,
        evaluation: buildEvaluationGraph(architecture),
        model: modelOf(name),
      };
      for (const [kind, bytes] of Object.entries(graphs)) writeFileSync(join(folder, `${kind}.onnx`), bytes);
      const script =
        'import sys, onnx\nfor f in sys.argv[1:]:\n  m = onnx.load(f)\n  onnx.checker.check_model(m, full_check=True)\n  print(m.opset_import[0].version)';
      const files = Object.keys(graphs).map((kind) => join(folder, `${kind}.onnx`));
      const said = execFileSync(requirePython('onnx').path, ['-c', script, ...files], { encoding: 'utf8' });
      expect(said.trim().split('\n')).toEqual(['17', '17', '17']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('onnxruntime-web gives what onnxruntime-node gives', () => {
  const random = createRandom(5);
  const image = Uint8Array.from({ length: 2 * 48 * 48 }, () => random.integer(256));

  test.each(['compact', 'residual', 'original'])('the model file of %s', async (name) => {
    const bytes = modelOf(name);
    const here = await openSession(bytes);
    const there = await web.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const found = await here.run({ image: { dims: [2, 1, 48, 48], data: image } });
    const expected = await there.run({ image: new web.Tensor('uint8', image, [2, 1, 48, 48]) });
    for (const output of ['probabilities', 'embedding']) {
      const values = expected[output]!.data as Float32Array;
      const largest = Math.max(...values.map(Math.abs));
      (found[output]!.data as Float32Array).forEach((value, i) => {
        expect(Math.abs(value - values[i]!) / largest).toBeLessThan(1e-4);
      });
    }
    await here.release();
    await there.release();
  });

  test('one training step of compact', async () => {
    const architecture = createArchitecture('compact', { classes: 7 });
    const { model, masks, gradients } = buildTrainingGraph(architecture, 2);
    const feeds: Record<string, { dims: readonly number[]; data: Float32Array }> = {
      pixels: { dims: [2, 1, 44, 44], data: Float32Array.from(image.subarray(0, 3872)) },
      targets: { dims: [2, 7], data: Float32Array.from({ length: 14 }, (_, i) => (i % 8 === 0 ? 1 : 0)) },
    };
    for (const [name, data] of initialWeights(architecture, createRandom(2))) {
      const shape = architecture.features.parameters([1, 44, 44]).find((p) => name === `0-sequence/${p.name}`)?.shape;
      feeds[name] = { dims: shape ?? (name.endsWith('bias') ? [7] : [256, 7]), data };
    }
    for (const { name, shape } of masks) feeds[name] = { dims: [2, ...shape], data: new Float32Array(2 * 256).fill(1) };
    const here = await openSession(model, { optimization: 'extended' });
    const there = await web.InferenceSession.create(model, { executionProviders: ['wasm'] });
    const found = await here.run(feeds);
    const expected = await there.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, { dims, data }]) => [name, new web.Tensor('float32', data, dims)]),
      ),
    );
    for (const output of gradients.values()) {
      const values = expected[output]!.data as Float32Array;
      const size = Math.hypot(...values.subarray(0, 5000));
      const difference = Math.hypot(
        ...values.subarray(0, 5000).map((value, i) => value - (found[output]!.data as Float32Array)[i]!),
      );
      expect(difference, output).toBeLessThan(1e-3 * size + 1e-6);
    }
    await here.release();
    await there.release();
  });
});
