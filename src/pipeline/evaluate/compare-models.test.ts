// Two models on the same samples, also when they order the classes differently.
import { afterEach, describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { openSession } from '../../adapters/node/session.js';
import { expressionLabels } from '../../core/dataset/labels.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { compareModels } from './compare-models.js';
import { predictSamples } from './predict-samples.js';
import { describeComparison } from './report/describe-comparison.js';

// The reversed model takes the dark for neutral: it has right what the other one has wrong.
const dataset = smallDataset([
  ...Array.from({ length: 9 }, () => ({ label: 0, split: 1, pixels: tinyBrightness(0) })),
  ...Array.from({ length: 2 }, () => ({ label: 6, split: 1, pixels: tinyBrightness(0) })),
  { label: 3, split: 1, pixels: tinyBrightness(3) },
]);
const indices = Int32Array.from({ length: 12 }, (_, i) => i);
const opened: ExpressionModel[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.release();
});

async function predictedBy(labels: readonly string[], of = indices) {
  const model = await ExpressionModel.open(tinyExpressionModel({ labels }), openSession);
  opened.push(model);
  return { predictions: await predictSamples(dataset, model, of, { batch: 5 }), metadata: model.metadata };
}

describe('compareModels', () => {
  it('pairs the samples, each model with its own order of the classes', async () => {
    const [first, second] = [await predictedBy(expressionLabels), await predictedBy([...expressionLabels].reverse())];
    const comparison = compareModels(first, second, 'reversed.onnx');
    expect(comparison).toMatchObject({ n: 12, both: 1, onlyFirst: 9, onlySecond: 2, neither: 0, accuracy: 3 / 12 });
    expect(comparison.difference).toBeCloseTo(7 / 12, 12);
    // 2 (1 + 11) / 2^11 + 55 / 2^11
    expect(comparison.p).toBeCloseTo(79 / 2048, 12);
    const text = describeComparison(comparison);
    expect(text).toContain('beside reversed.onnx: accuracy 25.0 % (95 % interval');
    expect(text).toMatch(/difference \+58\.3 points .* p = 0\.039: more than chance\n/);
    expect(text).toContain('both 1, only this model 9, only the other 2, neither 0');
  });

  it('finds nothing between a model and itself', async () => {
    const model = await predictedBy(expressionLabels);
    const comparison = compareModels(model, model, 'itself');
    expect(comparison).toMatchObject({ difference: 0, p: 1, onlyFirst: 0, onlySecond: 0 });
    expect(describeComparison(comparison)).toContain('cannot tell the two apart');
  });

  it('refuses predictions of other samples, or of the same in another order', async () => {
    const first = await predictedBy(expressionLabels);
    const fewer = await predictedBy(expressionLabels, indices.slice(0, 5));
    const turned = await predictedBy(expressionLabels, indices.slice().reverse());
    expect(() => compareModels(first, fewer, 'fewer')).toThrow(RangeError);
    expect(() => compareModels(first, turned, 'turned')).toThrow(/same order/);
  });
});
