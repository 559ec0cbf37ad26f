// Evaluating the tiny model on small datasets whose figures are known by hand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { openSession } from '../../adapters/node/session.js';
import { expressionLabels } from '../../core/dataset/labels.js';
import { createDataset, type PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { isTestSplit } from '../data/test-splits.js';
import { parseEvaluateConfig } from './config.js';
import { evaluate } from './evaluate.js';
import { samplesOfSplit } from './evaluated-samples.js';
import { describeEvaluation } from './report/describe-evaluation.js';

let model: ExpressionModel;
beforeAll(async () => {
  model = await ExpressionModel.open(tinyExpressionModel(), openSession);
});
afterAll(() => model.release());

/** A sample of true class `label` that the tiny model takes for `seen`; `shade` makes its pixels unlike others'. */
const sample = (label: number, seen = label, split = 1, shade = 0) => ({
  label,
  split,
  pixels: tinyBrightness(seen) + shade,
});
const evaluateSplit = (dataset: PackedDataset, split: string, batch = 64) =>
  evaluate(dataset, model, samplesOfSplit(dataset, split), { batch });

describe('evaluate', () => {
  it('counts hits and misses of the split only, truth in rows', async () => {
    const dataset = smallDataset([
      sample(3, 3),
      sample(3, 0),
      sample(6, 6),
      sample(0, 0),
      sample(1, 2, 0),
      sample(1, 2, 2),
    ]);
    const result = await evaluateSplit(dataset, 'PublicTest');
    expect(result).toMatchObject({ accuracy: 0.75, n: 4, split: 'PublicTest', test: false, dataset: dataset.hash });
    expect(result.confusionMatrix[3]![0]).toBe(1);
    expect(result.confusionMatrix[3]![3]).toBe(1);
    expect(result.confusionMatrix.flat().reduce((a, b) => a + b)).toBe(4);
    expect(result.perClass[3]).toMatchObject({ label: 'happy', recall: 0.5, precision: 1, support: 2 });
    expect(result.labels).toEqual(expressionLabels);
    expect(result.model).toEqual({
      architecture: 'tiny',
      run: 'none',
      trainedOn: 'trained on nothing',
      temperature: 1,
    });
  });

  it('gives the same whatever the batch', async () => {
    const dataset = smallDataset(Array.from({ length: 50 }, (_, i) => sample(i % 7, (i * 3) % 7)));
    const whole = await evaluateSplit(dataset, 'PublicTest', 64);
    for (const batch of [1, 7, 49]) {
      const other = await evaluateSplit(dataset, 'PublicTest', batch);
      expect(other.confusionMatrix).toEqual(whole.confusionMatrix);
      expect(other.nll).toBeCloseTo(whole.nll, 6);
    }
  });

  it('also tells the accuracy without the samples that training holds pixel for pixel', async () => {
    const dataset = smallDataset([
      sample(3, 3, 0),
      sample(5, 5, 0, -1),
      sample(3, 3, 1),
      sample(5, 5, 1, 1),
      sample(5, 4, 1, 1),
    ]);
    const { accuracy, withoutTrainingTwins } = await evaluateSplit(dataset, 'PublicTest');
    expect(accuracy).toBeCloseTo(2 / 3);
    expect(withoutTrainingTwins).toMatchObject({ accuracy: 0.5, n: 2, twins: 1 });
  });

  it('has no such figure when training is not in the data, or is what is evaluated', async () => {
    const dataset = smallDataset([sample(3, 3, 0), sample(3, 3, 1, 1)]);
    expect((await evaluateSplit(dataset, 'Training')).withoutTrainingTwins).toBeNull();
    expect((await evaluateSplit(smallDataset([sample(3)]), 'PublicTest')).withoutTrainingTwins).toBeNull();
    const allSeen = await evaluateSplit(smallDataset([sample(3, 3, 0), sample(3, 3, 1)]), 'PublicTest');
    expect(allSeen.withoutTrainingTwins).toEqual({ accuracy: 0, interval: [0, 1], n: 0, twins: 1 });
  });

  it('matches classes by name, not by number', async () => {
    const { labels, ...parts } = smallDataset([sample(0, 3), sample(1, 6)]);
    const renamed = createDataset({
      ...parts,
      labels: ['Happy', 'neutral', ...labels.slice(2)].filter(
        (name, i) => i < 2 || !['happy', 'neutral'].includes(name),
      ),
    });
    const result = await evaluateSplit(renamed, 'PublicTest');
    expect(result.accuracy).toBe(1);
    expect(result.perClass[3]!.support).toBe(1);
  });

  it('refuses a split that is not there and classes that the model does not know', async () => {
    const dataset = smallDataset([sample(3)]);
    expect(() => samplesOfSplit(dataset, 'Training')).toThrow(DatasetError);
    const other = createDataset({
      ...dataset,
      labels: expressionLabels.map((label) => (label === 'happy' ? 'contempt' : label)),
    });
    await expect(evaluateSplit(other, 'PublicTest')).rejects.toThrow(/the data has contempt too/);
  });
});

describe('parseEvaluateConfig', () => {
  it.each(['PrivateTest', 'privatetest', 'test', 'Test', ' test ', 'my-test', 'test_2', 'testing', 'Testset'])(
    'wants %j to be named as the test',
    (split) => {
      expect(isTestSplit(split)).toBe(true);
      expect(() => parseEvaluateConfig({ split })).toThrow(ConfigError);
      expect(() => parseEvaluateConfig({ split })).toThrow(/--yes-this-is-the-test/);
      expect(parseEvaluateConfig({ split, yesThisIsTheTest: true }).split).toBe(split.trim());
    },
  );

  it.each(['PublicTest', 'Training', 'validation', 'latest', 'contest'])('takes %j as it is', (split) => {
    expect(isTestSplit(split)).toBe(false);
    expect(parseEvaluateConfig({ split }).batch).toBe(64);
  });

  it('refuses batches that make no sense', () => {
    for (const batch of [0, 1.5, 257, Number.NaN]) {
      expect(() => parseEvaluateConfig({ split: 'Training', batch })).toThrow(ConfigError);
    }
  });
});

describe('describeEvaluation', () => {
  it('puts n, interval and split beside the accuracy', async () => {
    const dataset = smallDataset([sample(3, 3, 0), sample(3), sample(0, 1, 1, 2)]);
    const text = describeEvaluation(await evaluateSplit(dataset, 'PublicTest'));
    expect(text).toMatch(/^PublicTest: accuracy 50\.0 % \(95 % interval 9\.5-90\.5 %, n = 2\)\n/);
    expect(text).toContain('without the 1 pictures that Training holds too: 0.0 %');
    expect(text).toMatch(/happy +1\.000 \(0\.207-1\.000\) +1\.000 \(0\.207-1\.000\) +1\.000 \(0\.342-1\.000\) +1\n/);
    expect(text).toMatch(/macro F1 0\.333 \(0\.000-1\.000\)/);
    expect(text).toContain('no sample is disgust or fear or sad or surprise or neutral');
    expect(text.endsWith('\n')).toBe(true);
  });
});
