// What went wrong in the evaluation of the study case that this project began with, and cannot go wrong here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { openSession } from '../../adapters/node/session.js';
import { selectSamples } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import { accuracyOf } from '../../core/metrics/confusion-matrix.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { createRandom } from '../../core/numbers/random.js';
import { parseCalibrateConfig } from '../calibrate/config.js';
import { parseEvaluateConfig } from './config.js';
import { evaluate } from './evaluate.js';
import { samplesOfSplit } from './evaluated-samples.js';

let model: ExpressionModel;
beforeAll(async () => {
  model = await ExpressionModel.open(tinyExpressionModel(), openSession);
});
afterAll(() => model.release());

describe('the confusion matrix', () => {
  // A folder per class, as in the study case, and a model that has two thirds right: its samples came shuffled, its labels did not,
  // and every row of its matrix was the same.
  const inFolders = smallDataset(
    Array.from({ length: 210 }, (_, i) => {
      const label = Math.floor(i / 30);
      return { label, split: 1, pixels: tinyBrightness(i % 3 === 0 ? (label + 1) % 7 : label) };
    }),
  );
  const shuffled = selectSamples(inFolders, createRandom(5).shuffle(Int32Array.from({ length: 210 }, (_, i) => i)));

  it.each([1, 64])(
    'has the accuracy on its diagonal in whatever order the samples come (batches of %i)',
    async (batch) => {
      const [one, other] = await Promise.all(
        [inFolders, shuffled].map((data) => evaluate(data, model, samplesOfSplit(data, 'PublicTest'), { batch })),
      );
      for (const { accuracy, confusionMatrix, perClass } of [one!, other!]) {
        expect(accuracy).toBeCloseTo(2 / 3, 12);
        expect(accuracyOf(confusionMatrix)).toBe(accuracy);
        for (const { recall } of perClass) expect(recall).toBeCloseTo(2 / 3, 12);
      }
      expect(other!.confusionMatrix).toEqual(one!.confusionMatrix);
    },
  );

  it('goes to the same pictures as the list of mistakes, by the rows of the source', async () => {
    const { worstMistakes } = await evaluate(shuffled, model, samplesOfSplit(shuffled, 'PublicTest'), { batch: 9 });
    expect(worstMistakes.length).toBeGreaterThan(0);
    for (const { index, row, truth, predicted, confidence } of worstMistakes) {
      expect(shuffled.rows[index]).toBe(row);
      expect(truth).toBe(shuffled.labels[Math.floor(row / 30)]);
      expect(row % 3).toBe(0);
      expect(predicted).not.toBe(truth);
      expect(confidence).toBeGreaterThan(0.3);
    }
    const confidences = worstMistakes.map(({ confidence }) => confidence);
    expect([...confidences].sort((a, b) => b - a)).toEqual(confidences);
  });
});

describe('test rows', () => {
  // Fifty trials chose hyperparameters by their accuracy on the test folder.
  it.each(['PrivateTest', 'test', 'Test folder'])('of %s are neither looked at by the way nor fitted to', (split) => {
    expect(() => parseEvaluateConfig({ split })).toThrow(ConfigError);
    expect(() => parseCalibrateConfig({ split })).toThrow(/validation rows/);
  });
});

describe('class names', () => {
  // A folder was called Digust, and labels elsewhere Disgusted, Fearful, Surprised.
  it('that the model does not know are an error, not a column that is one off', async () => {
    const data = smallDataset([{ label: 1, split: 1, pixels: 40 }]);
    const misspelt = selectSamples({ ...data, labels: data.labels.map((l) => (l === 'disgust' ? 'digust' : l)) }, [0]);
    await expect(evaluate(misspelt, model, samplesOfSplit(misspelt, 'PublicTest'), { batch: 1 })).rejects.toThrow(
      /the data has digust too/,
    );
  });
});
