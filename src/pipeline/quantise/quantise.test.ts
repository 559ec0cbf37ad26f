// The quantise stage: the int8 form says nearly what the float form says, and the figures are of what they say they are.
import { describe, expect, it, test } from 'vitest';
import { bandTeacher } from '../../../tests/fixtures/band-teacher.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { samplePicture, selectSamples, splitIndices } from '../../core/dataset/packed-dataset.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { buildEnsemble } from '../../core/model/ensemble-model.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { quantiseModel } from '../../core/model/quantise-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { metadataKey } from '../../core/onnx/metadata-key.js';
import { writeModel } from '../../core/onnx/write-model.js';
import { evaluate } from '../evaluate/evaluate.js';
import { samplesOfSplit } from '../evaluate/evaluated-samples.js';
import { parseQuantiseConfig } from './config.js';
import { type QuantiseRequest, quantise } from './quantise.js';

const dataset = stripes(40, 1);
const file = untrainedModel('residual', 2);

function request(changes: Partial<QuantiseRequest> = {}): QuantiseRequest {
  return {
    ...{ file, dataset, samples: samplesOfSplit(dataset, 'PublicTest'), openSession },
    config: parseQuantiseConfig({ calibration: 20 }),
    clock: () => performance.now(),
    ...changes,
  };
}

describe('quantise', () => {
  it('measures both forms on the same pictures', async () => {
    const { model, figures } = await quantise(request());
    expect(figures).toMatchObject({ split: 'PublicTest', calibration: { pictures: 20, share: 0.9999 } });
    expect(figures.float.bytes).toBe(file.length);
    expect(figures.int8.bytes).toBe(model.length);
    expect(model.length).toBeLessThan(0.3 * file.length);
    expect(figures.latencyRatio).toBeCloseTo(figures.int8.latencyMs / figures.float.latencyMs, 9);
    for (const [bytes, form] of [
      [file, figures.float],
      [model, figures.int8],
    ] as const) {
      const opened = await ExpressionModel.open(bytes, openSession);
      const { accuracy, nll, n } = await evaluate(dataset, opened, samplesOfSplit(dataset, 'PublicTest'), {
        batch: 64,
      });
      expect(form).toMatchObject({ accuracy, n });
      expect(form.nll).toBeCloseTo(nll, 6);
      await opened.release();
    }
  });

  it('calibrates on training pictures that it does not measure on', async () => {
    const training = samplesOfSplit(dataset, 'Training');
    const half = { ...training, indices: training.indices.subarray(0, 20) };
    const { figures } = await quantise(request({ samples: half }));
    expect(figures.calibration.pictures).toBe(10);
    await expect(quantise(request({ samples: training }))).rejects.toThrow(DatasetError);
    const withoutTraining = selectSamples(dataset, splitIndices(dataset, 'PublicTest'));
    await expect(quantise(request({ dataset: withoutTraining }))).rejects.toThrow(/training pictures/);
  });

  it('calibrates on what the model was trained on', async () => {
    const { graph, metadata } = readExpressionModel(file);
    const split = 'trained on PublicTest, validated on Training';
    const origin = JSON.stringify({ ...metadata, split, dataset: dataset.hash });
    const onPublicTest = writeModel({ ...graph, metadata: new Map([[metadataKey, origin]]) });
    const samples = samplesOfSplit(dataset, 'Training');
    const { figures } = await quantise(request({ file: onPublicTest, samples }));
    expect(figures).toMatchObject({ split: 'Training', calibration: { pictures: 10 } });
  });

  it('refuses test rows', async () => {
    const samples = {
      ...samplesOfSplit(dataset, 'PublicTest'),
      split: 'PrivateTest, fold 1 of 4 (seed 1)',
      test: true,
    };
    await expect(quantise(request({ samples }))).rejects.toThrow(ConfigError);
    await expect(quantise(request({ samples }))).rejects.toThrow(/is a test split; .*evaluate --compare/);
  });
});

describe('quantiseModel', () => {
  const pictures = [...splitIndices(dataset, 'Training')].map((i) => samplePicture(dataset, i));

  it('says nearly what the float model says, also of an ensemble, and what it was made from', async () => {
    const members = [untrainedModel('compact', 3), file].map((bytes, i) => ({
      name: `${i}`,
      ...readExpressionModel(bytes),
    }));
    for (const bytes of [file, buildEnsemble(members, 'both')]) {
      const int8 = await quantiseModel(bytes, pictures, { openSession });
      const [float, rounded] = [
        await ExpressionModel.open(bytes, openSession),
        await ExpressionModel.open(int8, openSession),
      ];
      const said = [await float.predict(pictures), await rounded.predict(pictures)] as const;
      // A layer's rounding adds about 1.5 % to the error: kernels of 7 bits whose largest weight is three times a typical one, and
      // a little for the values. Ten layers, independent of each other: about 5 %.
      const distance = (rows: readonly (readonly number[])[]) => Math.hypot(...rows.flat());
      const embeddings = said.map((predictions) => predictions.map(({ embedding }) => [...embedding]));
      const errors = embeddings[0]!.map((row, i) => row.map((value, k) => value - embeddings[1]![i]![k]!));
      expect(distance(errors) / distance(embeddings[0]!)).toBeLessThan(0.1);
      expect(rounded.metadata).toMatchObject({ ...float.metadata, metrics: {} });
      expect(rounded.metadata.int8).toMatchObject({ pictures: 30, share: 0.9999, metrics: float.metadata.metrics });
      expect(rounded.metadata.int8!.float).toMatch(/^[0-9a-f]{64}$/);
      expect(rounded.view).toEqual({ height: 44, width: 44 });
      for (const model of [float, rounded]) await model.release();
    }
  });

  it('refuses what is in int8 already, and what has no convolutions', async () => {
    const int8 = await quantiseModel(file, pictures, { openSession });
    await expect(quantiseModel(int8, pictures, { openSession })).rejects.toThrow(ConfigError);
    await expect(quantiseModel(int8, pictures, { openSession })).rejects.toThrow(/in int8 already/);
    await expect(quantiseModel(bandTeacher([0, 1, 2]), pictures, { openSession })).rejects.toThrow(/has none/);
  });
});

test.each([
  [{ share: 0.5 }],
  [{ share: Number.NaN }],
  [{ calibration: 3 }],
  [{ split: 'a', run: 'b' }],
  [{ seed: -1 }],
])('parseQuantiseConfig refuses %j', (options) => {
  expect(() => parseQuantiseConfig(options)).toThrow(ConfigError);
});
