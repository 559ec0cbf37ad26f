// A temperature inside the model file does what the formula says, in single models, ensembles and int8 forms.
import { describe, expect, it } from 'vitest';
import { bandTeacher } from '../../../tests/fixtures/band-teacher.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { samplePicture } from '../dataset/packed-dataset.js';
import { ModelFormatError } from '../errors.js';
import { applyTemperature } from '../metrics/temperature.js';
import { readModel } from '../onnx/read-model.js';
import { writeModel } from '../onnx/write-model.js';
import { buildEnsemble } from './ensemble-model.js';
import { ExpressionModel } from './expression-model.js';
import type { ModelTemperature } from './model-metadata.js';
import { addTemperature } from './model-temperature.js';
import { quantiseModel } from './quantise-model.js';
import { readExpressionModel } from './read-expression-model.js';

const dataset = stripes(24, 3);
const pictures = Array.from({ length: dataset.count }, (_, i) => samplePicture(dataset, i));

const fitted = (value: number): ModelTemperature => ({
  ...{ value, split: 'PublicTest', n: 6, dataset: dataset.hash },
  nll: { before: 2, after: 1 },
  ece: { before: 0.2, after: 0.1 },
});

async function predict(file: Uint8Array): Promise<Float32Array[]> {
  const model = await ExpressionModel.open(file, openSession);
  try {
    return (await model.predict(pictures)).map(({ probabilities }) => probabilities);
  } finally {
    await model.release();
  }
}

async function expectScaled(file: Uint8Array, temperature: number): Promise<void> {
  const [plain, scaled] = [await predict(file), await predict(addTemperature(file, fitted(temperature)))];
  let largest = 0;
  plain.forEach((probabilities, i) => {
    const expected = applyTemperature(probabilities, probabilities.length, temperature);
    scaled[i]!.forEach((p, c) => {
      expect(p).toBeCloseTo(expected[c]!, 5);
      largest = Math.max(largest, Math.abs(p - probabilities[c]!));
    });
  });
  expect(largest).toBeGreaterThan(1e-4);
}

const ensemble = () =>
  buildEnsemble(
    [bandTeacher([0, 1, 2]), bandTeacher([0, 2, 1])].map((file, i) => ({ name: `${i}`, ...readExpressionModel(file) })),
    'both',
  );

describe('addTemperature', () => {
  it.each([0.5, 1.7, 4])('divides the logits of a single model by %d', (t) => expectScaled(bandTeacher([0, 1, 2]), t));

  it('scales the mean of an ensemble', () => expectScaled(ensemble(), 2.5));

  it('scales an int8 form', async () => {
    const float = untrainedModel('compact', 3);
    const int8 = await quantiseModel(float, pictures.slice(0, 8), { openSession });
    const [plain, scaled] = [await predict(int8), await predict(addTemperature(int8, fitted(0.2)))];
    plain.forEach((probabilities, i) => {
      const expected = applyTemperature(probabilities, 3, 0.2);
      scaled[i]!.forEach((p, c) => void expect(p).toBeCloseTo(expected[c]!, 5));
    });
  });

  it('multiplies with the temperature that is there, and says where both came from', async () => {
    const file = bandTeacher([0, 1, 2]);
    const twice = addTemperature(addTemperature(file, fitted(2)), fitted(1.5));
    const { metadata, graph } = readExpressionModel(twice);
    expect(metadata.temperature).toEqual({ ...fitted(3), value: 3 });
    expect(graph.nodes.length).toBe(readModel(file).nodes.length + 1);
    const [expected, found] = [await predict(addTemperature(file, fitted(3))), await predict(twice)];
    expect(found).toEqual(expected);
    const again = addTemperature(addTemperature(ensemble(), fitted(2)), fitted(2));
    expect(await predict(again)).toEqual(await predict(addTemperature(ensemble(), fitted(4))));
  });

  it('leaves metadata, embedding and input as they are', () => {
    const file = tinyExpressionModel();
    const { metadata, graph } = readExpressionModel(addTemperature(file, fitted(2)));
    const { temperature, ...rest } = metadata;
    expect(rest).toEqual(readExpressionModel(file).metadata);
    expect(temperature).toEqual(fitted(2));
    expect(graph.outputs).toEqual(readModel(file).outputs);
  });

  it('can be a member of an ensemble', () => {
    const member = { name: 'a', ...readExpressionModel(addTemperature(bandTeacher([0, 1, 2]), fitted(2))) };
    const both = buildEnsemble([member, { name: 'b', ...readExpressionModel(bandTeacher([0, 2, 1])) }], 'mixed');
    return expectScaled(both, 2);
  });

  it('refuses a model that does not end in a softmax, and one whose temperature is missing', () => {
    const graph = readModel(tinyExpressionModel());
    const sigmoid = graph.nodes.map((node) => (node.operator === 'Softmax' ? { ...node, operator: 'Sigmoid' } : node));
    expect(() => addTemperature(writeModel({ ...graph, nodes: sigmoid }), fitted(2))).toThrow(/end in a softmax/);
    const claimed = tinyExpressionModel({ metadata: { temperature: fitted(2) } });
    expect(() => addTemperature(claimed, fitted(2))).toThrow(ModelFormatError);
  });
});
